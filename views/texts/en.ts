/** English: sets the type of all texts. One file per page under en/. */
import { account } from './en/account.ts';
import { accounts } from './en/accounts.ts';
import { audit } from './en/audit.ts';
import { dashboard } from './en/dashboard.ts';
import { errors } from './en/errors.ts';
import { frame } from './en/frame.ts';
import { log } from './en/log.ts';
import { mailFlow } from './en/mail-flow.ts';
import { reasons } from './en/reasons.ts';
import { rules } from './en/rules.ts';
import { settings } from './en/settings.ts';
import { signIn } from './en/sign-in.ts';
import { signatures } from './en/signatures.ts';
import { tenants } from './en/tenants.ts';

export const en = {
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
