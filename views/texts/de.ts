/** Deutsch. One file per page under de/. */
import { account } from './de/account.ts';
import { accounts } from './de/accounts.ts';
import { audit } from './de/audit.ts';
import { dashboard } from './de/dashboard.ts';
import { errors } from './de/errors.ts';
import { frame } from './de/frame.ts';
import { log } from './de/log.ts';
import { mailFlow } from './de/mail-flow.ts';
import { reasons } from './de/reasons.ts';
import { rules } from './de/rules.ts';
import { settings } from './de/settings.ts';
import { signIn } from './de/sign-in.ts';
import { signatures } from './de/signatures.ts';
import { tenants } from './de/tenants.ts';
import type { Texts } from './texts.ts';

export const de: Texts = {
  account,
  accounts,
  audit,
  dashboard,
  errors,
  frame,
  log,
  mailFlow,
  reasons,
  rules,
  settings,
  signatures,
  signIn,
  tenants,
};
