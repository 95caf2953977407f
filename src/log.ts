/**
 * The log: JSON lines, no message content, no secrets. It goes to standard error, so that standard output stays
 * for what a command answers. No pino transport: that is a worker thread loading a module by path, which a single
 * binary does not have.
 *
 * Lines below a warning are gathered for a tenth of a second and written off the main loop, which no slow terminal or full
 * pipe holds up: one write for each message cost as much as an SMTP command. A warning takes all lines before it along at
 * once, and an exit of whatever kind writes the rest; only `kill -9` costs the last tenth. What cannot be written is kept
 * up to a limit, then dropped: mail matters more than its log.
 */
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import type { LogLevel } from './config.ts';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

const STANDARD_ERROR = 2;
/** pino's number for the level. */
const WARN = 40;
const GATHERED_BYTES = 8 * 1024;
const GATHERED_MS = 100;
const KEPT_BYTES = 16 * 1024 * 1024;

export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return destination ? pino(options, destination) : createStandardLog(options);
}

function createStandardLog(options: LoggerOptions): Log {
  const lines = pino.destination({
    dest: STANDARD_ERROR,
    sync: false,
    minLength: GATHERED_BYTES,
    periodicFlush: GATHERED_MS,
    maxLength: KEPT_BYTES,
  });
  // A full disk or a terminal that is gone must not end the process.
  lines.on('error', () => {});
  const logMethod: NonNullable<LoggerOptions['hooks']>['logMethod'] = function logMethod(line, write, level) {
    write.apply(this, line);
    if (level >= WARN) lines.flush();
  };
  return pino({ ...options, hooks: { logMethod } }, lines);
}
