/** Messages as lines: when, who to whom, and what it got. */
import { href as safe } from '../href.ts';
import type { Page } from '../page.ts';
import { Moment } from '../parts/moment.tsx';
import { type Health, State } from '../parts/state.tsx';

export type MessageRow = {
  readonly href: string;
  readonly at: number;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly result: string;
  readonly health: Health;
};

export function MessageRows({ page, rows }: { readonly page: Page; readonly rows: readonly MessageRow[] }) {
  const { log } = page.texts;
  return (
    <table class="table table-vcenter table-stack mb-0">
      <thead>
        <tr>
          <th scope="col">{log.when}</th>
          <th scope="col">{log.sender}</th>
          <th scope="col">{log.recipient}</th>
          <th scope="col">{log.result}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr>
            <td>
              <Moment page={page} at={row.at} />
            </td>
            <th scope="row">
              <a href={safe(row.href)}>{row.sender || log.nobody}</a>
            </th>
            <td data-name={log.recipient}>{recipientsOf(page, row.recipients)}</td>
            <td>
              <State health={row.health} text={row.result} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function recipientsOf({ texts: { log }, format }: Page, [first, ...others]: readonly string[]) {
  if (first === undefined) return log.nobody;
  return others.length === 0 ? first : log.andMore(first, format.number(others.length));
}
