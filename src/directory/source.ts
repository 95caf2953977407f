/**
 * What every source of people delivers, before groups are resolved: the seam for CSV, LDAP and Graph, whose delta
 * queries stand behind the same `read`. A source never changes anything outside and never keeps what it read.
 */
import type { Result } from '../problem.ts';
import type { Group, Person } from '../signature/person.ts';

export type SourcePerson = Omit<Person, 'groups' | 'managerId'> & {
  /** Ids of the groups that name this person directly. */
  readonly memberOf: readonly string[];
  /** The manager as the source names them: an id, an address, or a display name. */
  readonly manager?: string;
};

export type SourceGroup = Group & {
  /** Ids of the groups that name this group directly; cycles happen and are survived. */
  readonly memberOf: readonly string[];
};

/** An entry that was left out, with the place to look at. */
export type Rejection = {
  /** Line of the file, from 1, or the entry's name in an LDAP directory. */
  readonly place: number | string;
  readonly reason: RejectionReason;
  /** One sentence, without the place. */
  readonly sentence: string;
};

export type RejectionReason =
  | 'broken-quotes'
  | 'too-long'
  | 'too-few-columns'
  | 'too-many-columns'
  | 'no-address'
  | 'bad-address'
  | 'duplicate-address'
  | 'duplicate-id'
  | 'not-a-person'
  | 'disabled';

export type Rejections = {
  readonly total: number;
  readonly byReason: Readonly<Partial<Record<RejectionReason, number>>>;
  /** The first ones only (`limits.directory.rejectionsKept`). */
  readonly first: readonly Rejection[];
};

export type Reading = {
  readonly people: readonly SourcePerson[];
  readonly groups: readonly SourceGroup[];
  readonly rejections: Rejections;
  /** What the administrator should know beside rejections: columns not used, photos left out. One sentence each. */
  readonly notes: readonly string[];
  /** How many photos may be asked for together, where that spares requests; without it one at a time. */
  readonly photosAtOnce?: number;
  /** Bytes of the photo that a person names by this hash, a few at a time, so that not all are in memory at once. */
  readonly photo: (hash: string) => Promise<Uint8Array | undefined>;
  /** Lets go of what `photo` needs (a temporary file, a connection). */
  readonly close: () => Promise<void>;
};

export type Progress = { readonly stage: ReadStage; readonly done: number; readonly total?: number };
export type ReadStage = 'people' | 'groups' | 'settling' | 'photos' | 'storing';
export type OnProgress = (progress: Progress) => void;

export type Source = {
  /** Never throws for what can go wrong outside; an aborted signal rejects with its reason. */
  readonly read: (signal: AbortSignal, onProgress: OnProgress) => Promise<Result<Reading>>;
};
