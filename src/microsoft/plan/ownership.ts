/** PURE. Which of a tenant's objects are this installation's: by their comment, and by nothing else. */
import type { ObjectKind } from '../connectors/desired.ts';
import { readComment } from '../connectors/marking.ts';
import type { ActualObject, ActualObjects } from './plan-types.ts';

export type OwnObject = ActualObject & { readonly role: string };

/** In the order in which they were listed. */
export function ownObjects(actual: ActualObjects, installationId: string): readonly OwnObject[] {
  return everyObject(actual).flatMap(object => {
    const mark = readComment(object.comment);
    return mark?.installationId === installationId ? [{ ...object, role: mark.role }] : [];
  });
}

/** The object that bears this name and is not ours. Exchange compares names without case. */
export function strangerNamed(
  actual: ActualObjects,
  {
    kind,
    name,
    installationId,
  }: {
    readonly kind: ObjectKind;
    readonly name: string;
    readonly installationId: string;
  },
): ActualObject | undefined {
  return everyObject(actual).find(
    object =>
      object.kind === kind &&
      object.name.toLowerCase() === name.toLowerCase() &&
      readComment(object.comment)?.installationId !== installationId,
  );
}

function everyObject({ inbound, outbound, rules }: ActualObjects) {
  return [...inbound, ...outbound, ...rules];
}
