/** From what Exchange prints to `ActualObjects`. A route secret does not get past here: its fingerprint stands instead. */
import { routeHeader } from '../connectors/names.ts';
import type { Row } from '../exchange/command.ts';
import type { ActualObject, ActualObjects } from './plan-types.ts';
import { fingerprint, isTrue } from './values.ts';

/** Rows of the three Get cmdlets; a connector that two queries returned counts once. */
export function actualObjects(rows: {
  readonly inbound: readonly Row[];
  readonly outbound: readonly Row[];
  readonly rules: readonly Row[];
}): ActualObjects {
  const rules = unique(rows.rules.map(row => actualOf(row, 'transport-rule')));
  return {
    inbound: unique(rows.inbound.map(row => actualOf(row, 'inbound-connector'))),
    outbound: unique(rows.outbound.map(row => actualOf(row, 'outbound-connector'))),
    rules: rules.toSorted((a, b) => (a.priority ?? Infinity) - (b.priority ?? Infinity)),
  };
}

function actualOf(row: Row, kind: ActualObject['kind']): ActualObject {
  const isRule = kind === 'transport-rule';
  return {
    kind,
    identity: text(row.Guid) || text(row.Identity) || text(row.Name),
    name: text(row.Name),
    comment: text(isRule ? row.Comments : row.Comment),
    isEnabled: isRule ? text(row.State).toLowerCase() === 'enabled' : isTrue(row.Enabled),
    priority: isRule && Number.isFinite(Number(row.Priority)) ? Number(row.Priority) : undefined,
    row: text(row.SetHeaderName).toLowerCase() === routeHeader.toLowerCase() ? masked(row) : row,
  };
}

/** `Description` repeats the actions in prose, the value of the header included. */
function masked(row: Row): Row {
  const { Description: _, ...rest } = row;
  return { ...rest, SetHeaderValue: fingerprint(text(row.SetHeaderValue)) };
}

function unique(objects: readonly ActualObject[]) {
  return [...new Map(objects.map(object => [object.identity.toLowerCase(), object])).values()];
}

function text(value: unknown) {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
