/** What the middlewares leave for those behind them. */
import type { Context } from 'koa';
import type { Account } from '../store/accounts.ts';
import type { Session } from '../store/sessions.ts';
import type { Form } from './form.ts';

export type State = {
  requestId: string;
  isSecure: boolean;
  /** What the browser calls us: SIGNET_PUBLIC_URL, else as it asked. */
  origin: string;
  /** As it asked. */
  askedOrigin: string;
  isPrivate: boolean;
  isOwnName: boolean;
  address: string;
  form: Form;
  /** Of the cookie: a session's, or a guest's that only ties forms to the browser. */
  token: string;
  session?: Session;
  account?: Account;
};

export const stateOf = (context: Context): State => context.state as State;
