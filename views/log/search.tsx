/** What the log can be searched by: all of it is answered from an index, however long the log is. */
import { href as safe } from '../href.ts';
import type { Page } from '../page.ts';
import { reasonIn } from '../reason.ts';

export type Search = {
  readonly sender: string;
  readonly recipient: string;
  readonly reason: string;
  readonly id: string;
  /** That came in the last 90 days. */
  readonly reasons: readonly string[];
};

export type SearchFormProps = {
  readonly page: Page;
  readonly action: string;
  readonly search: Search;
  readonly isSearch: boolean;
};

export function SearchForm({ page, action, search, isSearch }: SearchFormProps) {
  const { log, frame } = page.texts;
  return (
    <search>
      <form class="filters" action={action} method="get">
        <Text name="sender" label={log.sender} value={search.sender} placeholder={log.wholeAddress} />
        <Text
          name="recipient"
          label={log.recipient}
          value={search.recipient}
          placeholder={log.wholeAddress}
        />
        <div>
          <label class="form-label" for="reason">
            {log.reason}
          </label>
          <select class="form-select" id="reason" name="reason">
            <option value="">{log.anyReason}</option>
            {search.reasons.map(reason => (
              <option value={reason} selected={reason === search.reason}>
                {reasonIn(page.texts, reason)}
              </option>
            ))}
          </select>
        </div>
        <Text name="id" label={log.messageId} value={search.id} placeholder="" />
        <div class="d-flex gap-2">
          <button type="submit" class="btn btn-primary">
            {frame.search}
          </button>
          {isSearch ? (
            <a class="btn" href={safe(action)}>
              {frame.clear}
            </a>
          ) : null}
        </div>
      </form>
    </search>
  );
}

type TextProps = {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
};

function Text({ name, label, value, placeholder }: TextProps) {
  return (
    <div>
      <label class="form-label" for={name}>
        {label}
      </label>
      <input
        class="form-control"
        type="search"
        id={name}
        name={name}
        value={value}
        placeholder={placeholder}
      />
    </div>
  );
}
