/**
 * How everything in `src/microsoft` fails: a value with one plain sentence and a way on. `reason` is for programs,
 * `problem` for people; `detail` is what Microsoft said, for the log and the curious. None of them ever holds a token, a
 * code or a secret.
 */
import type { Problem } from '../problem.ts';

export type Failure<Reason extends string = string> = {
  readonly kind: 'failed';
  readonly reason: Reason;
  /** Code and sentence with the remedy. */
  readonly problem: Problem;
  /** What Microsoft said, one line: an AADSTS or Exchange text, ids for its support. */
  readonly detail?: string;
};

export type Done<Value> = { readonly kind: 'ok'; readonly value: Value };

export type Outcome<Value, Reason extends string = string> = Done<Value> | Failure<Reason>;

export function done<Value>(value: Value): Done<Value> {
  return { kind: 'ok', value };
}
