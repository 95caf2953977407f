/**
 * How Signet knows its own objects again: a comment with version, installation and role, exactly as written here. A comment
 * that somebody extended or cut is not ours any more, and then nothing touches the object.
 */
import type { Role } from './desired.ts';

export type Mark = { readonly version: string; readonly installationId: string; readonly role: string };

const form = /^Signet (\S{1,40}) installation ([0-9a-f]{32}) ([a-z-]{1,30})$/;

export function commentOf(mark: Mark & { readonly role: Role }): string {
  return `Signet ${mark.version} installation ${mark.installationId} ${mark.role}`;
}

/** Undefined for what is not an object of any Signet. Spaces at the ends and line ends that Exchange adds do not count. */
export function readComment(comment: string): Mark | undefined {
  const [, version, installationId, role] = form.exec(comment.trim()) ?? [];
  return version && installationId && role ? { version, installationId, role } : undefined;
}
