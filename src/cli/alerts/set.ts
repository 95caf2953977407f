/** Who is told, and which way. */
import { readFile } from 'node:fs/promises';
import { type AlertSettings, alertsSetting, readAlertSettings } from '../../alerts/settings.ts';
import { hopPassword, webhookAddress } from '../../app/alerts/tell.ts';
import { systemReason } from '../../problem.ts';
import type { Place } from '../../store/seal.ts';
import type { Store } from '../../store/store.ts';
import { CommandFailure, exitCodes, readWords, type Terminal, usageFailure, write } from '../command.ts';
import { withStore } from '../with-store.ts';

const options = {
  to: { type: 'string', multiple: true },
  from: { type: 'string' },
  hop: { type: 'string' },
  tls: { type: 'string' },
  user: { type: 'string' },
  'password-file': { type: 'string' },
  'webhook-file': { type: 'string' },
} as const;

export async function setAlerts(words: readonly string[], terminal: Terminal): Promise<void> {
  const { values } = readWords('alerts', words, { options });
  const addresses = [...(values.to ?? []), values.from ?? ''].filter(text => text !== '');
  const bad = addresses.find(address => !/^[^@\s<>]+@[^@\s<>]+$/.test(address));
  if (bad !== undefined) throw usageFailure('alerts', `"${bad}" is no address`);
  const password = await secretOf(values['password-file']);
  const webhook = await secretOf(values['webhook-file']);
  if (webhook && !/^https?:\/\//.test(webhook))
    throw usageFailure('alerts', 'the webhook file holds no HTTPS address');
  await withStore(terminal, 'change', async ({ store }) => {
    const before = readAlertSettings(await store.settings.readSetting(alertsSetting));
    await keep(store, hopPassword, password);
    await keep(store, webhookAddress, webhook);
    await store.settings.saveSetting(alertsSetting, changed(before, values));
  });
  await write(terminal.output, 'Kept. Try it: signet alerts test\n');
}

type Values = {
  readonly to?: readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly hop?: string | undefined;
  readonly tls?: string | undefined;
  readonly user?: string | undefined;
};

function changed({ to, from, hop }: AlertSettings, values: Values): AlertSettings {
  const sender = values.from ?? from ?? '';
  const way = values.hop === '' ? undefined : changedHop(hop, values);
  return {
    to: values.to ? values.to.filter(address => address !== '') : to,
    ...(sender === '' ? {} : { from: sender }),
    ...(way ? { hop: way } : {}),
  };
}

function changedHop(before: AlertSettings['hop'], { hop, tls, user }: Values): AlertSettings['hop'] {
  const [, host = before?.host, port = String(before?.port ?? 25)] =
    /^\[?([^\]]+?)\]?(?::(\d{1,5}))?$/.exec(hop ?? '') ?? [];
  if (host === undefined) {
    if (tls !== undefined || user !== undefined) throw usageFailure('alerts', 'name the way with --hop too');
    return undefined;
  }
  const security = (['required', 'opportunistic', 'off'] as const).find(
    one => one === (tls ?? before?.tls ?? 'required'),
  );
  if (!security) throw usageFailure('alerts', '--tls is required, opportunistic or off');
  const name = user ?? before?.user ?? '';
  return { host, port: Number(port), tls: security, ...(name === '' ? {} : { user: name }) };
}

/** Undefined leaves what is stored, '' forgets it. */
async function secretOf(file: string | undefined): Promise<string | undefined> {
  if (file === undefined || file === '') return file;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new CommandFailure(
      'SIGNET_FILE_UNREADABLE',
      `${file} cannot be read (${systemReason(error)}): name a file that Signet may read.`,
      exitCodes.failure,
    );
  }
}

async function keep({ vault, database }: Store, place: Place, text: string | undefined) {
  if (text === '') await vault.forgetSecret(database.write, place);
  else if (text !== undefined) await vault.keepSecret(database.write, place, text);
}
