/** Step three: whose mail goes through Signet. */
import type { GroupChoice } from '../../src/microsoft/mail-flow-types.ts';
import type { Page } from '../page.ts';
import { Field, Form } from '../parts/form.tsx';
import { Wizard } from './wizard.tsx';

export type ScopeProps = {
  readonly page: Page;
  readonly base: string;
  readonly username: string | undefined;
  /** The group chosen, or undefined for all users. */
  readonly group: string | undefined;
  readonly isInternalToo: boolean;
  readonly pilotMailbox: string;
  readonly groups: readonly GroupChoice[];
  readonly more: number;
  readonly text: string;
  readonly people: number;
  readonly seats: { readonly used: number; readonly total: number | undefined };
  readonly fault?: string;
  readonly errors?: Readonly<Partial<Record<'group' | 'pilotMailbox', string>>>;
};

export function ScopePage(props: ScopeProps) {
  const { page, base, username, isInternalToo, pilotMailbox, people, seats, fault, errors = {} } = props;
  const { format, texts } = page;
  const words = texts.mailFlow.whose;
  return (
    <Wizard page={page} base={base} at={2}>
      <Form page={page} action={`${base}/scope`} method="PUT" class="card">
        <div class="card-body">
          {fault ? (
            <div class="alert alert-danger" role="alert">
              {fault}
            </div>
          ) : null}
          <h2>{words.title}</h2>
          {username ? <p class="form-hint">{texts.mailFlow.signIn.who(username)}</p> : null}
          <Choice {...props} />
          <label class="form-check mt-4">
            <input
              class="form-check-input"
              type="checkbox"
              name="internal"
              value="yes"
              checked={isInternalToo}
            />
            <span class="form-check-label">{words.internal}</span>
            <span class="form-hint d-block">{words.internalHint}</span>
          </label>
          <p class="form-hint">
            {people > 0 ? `${words.seats(format.number(people))} ` : ''}
            {seats.total === undefined
              ? ''
              : words.seatsOf(format.number(seats.used), format.number(seats.total))}
          </p>
          <Field
            name="pilotMailbox"
            label={words.pilot}
            hint={words.pilotHint}
            error={errors.pilotMailbox}
            value={pilotMailbox}
            type="email"
            input={{ maxlength: 254, spellcheck: 'false' }}
          />
        </div>
        <div class="card-footer wizard-foot">
          <a href={`${base}/sign-in?then=setup`}>{texts.mailFlow.back}</a>
          <button type="submit" class="btn btn-primary" name="next" value="yes">
            {texts.mailFlow.next}
          </button>
        </div>
      </Form>
    </Wizard>
  );
}

function Choice({ page, base, group, groups, more, text, errors = {} }: ScopeProps) {
  const { mailFlow } = page.texts;
  const words = mailFlow.whose;
  return (
    <fieldset>
      <legend class="visually-hidden">{words.title}</legend>
      <label class="form-check">
        <input
          class="form-check-input"
          type="radio"
          name="senders"
          value="all"
          checked={group === undefined}
        />
        <span class="form-check-label">{words.all}</span>
      </label>
      <label class="form-check">
        <input
          class="form-check-input"
          type="radio"
          name="senders"
          value="group"
          checked={group !== undefined}
        />
        <span class="form-check-label">{words.group}</span>
        <span class="form-hint d-block">{words.groupHint}</span>
      </label>
      <div class="group-choice">
        <div class="input-group mb-2">
          <input
            class="form-control"
            type="search"
            name="q"
            value={text}
            aria-label={words.search}
            placeholder={words.search}
            hx-get={`${base}/scope`}
            hx-trigger="input changed delay:300ms"
            hx-target="#group-choices"
            hx-swap="outerHTML"
          />
          <button type="submit" class="btn" name="find" value="yes">
            {words.find}
          </button>
        </div>
        {errors.group ? (
          <div class="invalid-feedback d-block" role="alert">
            {errors.group}
          </div>
        ) : null}
        <GroupChoices page={page} groups={groups} more={more} text={text} group={group} />
      </div>
    </fieldset>
  );
}

export function GroupChoices({
  page,
  groups,
  more,
  text,
  group,
}: Pick<ScopeProps, 'page' | 'groups' | 'more' | 'text' | 'group'>) {
  const words = page.texts.mailFlow.whose;
  return (
    <div id="group-choices">
      {groups.length === 0 ? <p class="form-hint">{text ? words.noneFound(text) : words.none}</p> : null}
      {groups.map(({ address, name, refusal }) => (
        <label class="form-check">
          <input
            class="form-check-input"
            type="radio"
            name="group"
            value={address}
            checked={address === group}
            disabled={refusal !== undefined}
          />
          <span class="form-check-label">
            {name} <span class="text-secondary">{address}</span>
          </span>
          {refusal ? <span class="form-hint d-block">{refusal}</span> : null}
        </label>
      ))}
      {more > 0 ? <p class="form-hint">{words.more(page.format.number(more))}</p> : null}
    </div>
  );
}
