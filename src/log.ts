/**
 * The log: JSON lines, no message content, no secrets. It goes to standard error, so that standard output stays
 * for what a command answers. No pino transport: that is a worker thread loading a module by path, which a single
 * binary does not have.
 */
import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return pino(options, destination ?? pino.destination({ dest: 2, sync: true }));
}
