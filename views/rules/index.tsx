/** The rules in the order in which they are asked, each as one sentence. */
import { href as safe } from '../href.ts';
import type { Page } from '../page.ts';
import { Empty } from '../parts/empty.tsx';
import { Form } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { Managed } from '../parts/managed.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { State } from '../parts/state.tsx';

export type RuleRow = {
  readonly id: string;
  readonly href: string;
  readonly name: string;
  readonly sentence: string;
  readonly isOn: boolean;
  readonly warnings: readonly string[];
};

export type RuleListProps = {
  readonly page: Page;
  readonly rows: readonly RuleRow[];
  readonly newHref: string;
  /** The bundle's file that keeps them; then nothing can be changed here. */
  readonly managedBy?: string | undefined;
  readonly mayEdit: boolean;
};

export function RuleList({ page, rows, newHref, managedBy, mayEdit }: RuleListProps) {
  const { rules } = page.texts;
  return (
    <>
      <PageHead title={rules.title} crumbs={page.tenant ? [{ text: page.tenant.name }] : []}>
        {mayEdit ? (
          <a class="btn btn-primary" href={safe(newHref)}>
            <Icon name="plus" />
            {rules.add}
          </a>
        ) : null}
      </PageHead>
      <Managed page={page} file={managedBy} />
      <section class="card">
        {rows.length === 0 ? <Empty icon="list-check" title={rules.none} sentence={rules.noneHow} /> : null}
        <ol class="plain-list rule-list">
          {rows.map((row, index) => (
            <li>
              <span class="rule-number" aria-hidden="true">
                {page.format.number(index + 1)}
              </span>
              <div class="rule-text">
                <a class="bare" href={safe(row.href)}>
                  <strong>{row.name}</strong>
                </a>
                <p class="mb-0">{row.sentence}</p>
                {row.warnings.map(warning => (
                  <p class="look mb-0">
                    <Icon name="alert-triangle" /> {warning}
                  </p>
                ))}
                <p class="mb-0">
                  <State health={row.isOn ? 'well' : 'unknown'} text={row.isOn ? rules.on : rules.off} />
                </p>
              </div>
              {mayEdit ? (
                <Acts page={page} row={row} isFirst={index === 0} isLast={index === rows.length - 1} />
              ) : null}
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}

type ActsProps = {
  readonly page: Page;
  readonly row: RuleRow;
  readonly isFirst: boolean;
  readonly isLast: boolean;
};

function Acts({ page, row, isFirst, isLast }: ActsProps) {
  const { rules } = page.texts;
  const { name, href, isOn } = row;
  const move = (to: 'up' | 'down', isOff: boolean) => (
    <Form page={page} action={`${href}/place`} method="PUT">
      <button
        type="submit"
        class="icon-button"
        name="to"
        value={to}
        disabled={isOff}
        title={rules.move[to](name)}
      >
        <Icon name={to === 'up' ? 'arrow-up' : 'arrow-down'} />
        <span class="visually-hidden">{rules.move[to](name)}</span>
      </button>
    </Form>
  );
  return (
    <div class="rule-acts">
      {move('up', isFirst)}
      {move('down', isLast)}
      <Form page={page} action={`${href}/switch`} method={isOn ? 'DELETE' : 'PUT'}>
        <button type="submit" class="btn btn-sm" aria-label={isOn ? rules.turnOff(name) : rules.turnOn(name)}>
          {isOn ? rules.turnOffShort : rules.turnOnShort}
        </button>
      </Form>
      <Form page={page} action={`${href}/copies`}>
        <button type="submit" class="icon-button" title={rules.duplicate(name)}>
          <Icon name="copy" />
          <span class="visually-hidden">{rules.duplicate(name)}</span>
        </button>
      </Form>
      <a class="icon-button" href={safe(`${href}/removal`)} title={rules.remove(name)}>
        <Icon name="trash" />
        <span class="visually-hidden">{rules.remove(name)}</span>
      </a>
    </div>
  );
}
