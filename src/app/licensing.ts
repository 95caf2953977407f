/** Licences over the store, for the server and for commands beside it. */
import type { Clock } from '../clock.ts';
import { createLicensing, type Licensing } from '../licence/licensing.ts';
import type { Store } from '../store/store.ts';
import { serverTimeZone } from './time-zone.ts';

export function licensingOf(store: Store, clock: Pick<Clock, 'now'>): Licensing {
  return createLicensing({ ...store, now: clock.now, timeZone: serverTimeZone() });
}
