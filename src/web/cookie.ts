/** The one cookie. Over TLS its name begins with `__Host-`: no other host can set it, and it goes to no other. */
import type { Context } from 'koa';
import { stateOf } from './state.ts';

const nameFor = (context: Context) => (stateOf(context).isSecure ? '__Host-signet' : 'signet');

export function readCookie(context: Context): string | undefined {
  const value = context.cookies.get(nameFor(context));
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
}

/** For as long as the browser runs; the server ends it earlier. */
export function setCookie(context: Context, token: string): void {
  write(context, `${nameFor(context)}=${token}`);
}

export function dropCookie(context: Context): void {
  write(context, `${nameFor(context)}=; Max-Age=0`);
}

function write(context: Context, pair: string) {
  const secure = stateOf(context).isSecure ? '; Secure' : '';
  context.set('Set-Cookie', `${pair}; Path=/; HttpOnly; SameSite=Lax${secure}`);
}
