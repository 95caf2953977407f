/** One rule: who, to whom, which mail, when, and what it gets. Filled from what was typed or from the rule, in one way. */
import type { ComponentChildren } from 'preact';
import { href as safe } from '../href.ts';
import type { Page } from '../page.ts';
import { Area, Check } from '../parts/area.tsx';
import { Field, Form, Select } from '../parts/form.tsx';
import { PageHead } from '../parts/page-head.tsx';

/** The fields, as sent or as the rule fills them. */
export type Typed = {
  readonly text: (name: string) => string;
  readonly list: (name: string) => readonly string[];
};

export type RuleFormProps = {
  readonly page: Page;
  readonly title: string;
  readonly listHref: string;
  readonly action: string;
  readonly method: 'POST' | 'PUT';
  /** The version that this form began with; 0 for a new rule. */
  readonly basedOn: number;
  readonly typed: Typed;
  /** By name of the field. */
  readonly errors: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
  /** Somebody saved meanwhile. */
  readonly newer?: { readonly by: string; readonly sentence: string };
  readonly sentence?: string;
  readonly signatures: readonly string[];
  readonly attributes: readonly string[];
  readonly isReadOnly: boolean;
};

const emptyRows = 2;

export function RuleForm(props: RuleFormProps) {
  const { page, title, listHref, action, method, basedOn, typed, errors, newer, warnings } = props;
  const { rules, frame } = page.texts;
  return (
    <>
      <PageHead
        title={title}
        crumbs={[{ text: page.tenant?.name ?? '' }, { text: frame.pages.rules, href: listHref }]}
      />
      {props.sentence ? <p class="lead">{props.sentence}</p> : null}
      {Object.keys(errors).length > 0 ? (
        <div class="alert alert-danger" role="alert">
          <p class="mb-1">{frame.notSaved}</p>
          <ul class="mb-0">
            {Object.values(errors).map(error => (
              <li>{error}</li>
            ))}
          </ul>
        </div>
      ) : null}
      {newer ? (
        <div class="alert alert-warning" role="alert">
          {rules.newer(newer.by, newer.sentence)}
        </div>
      ) : null}
      {warnings.map(warning => (
        <div class="alert alert-warning">{warning}</div>
      ))}
      <Form page={page} action={action} method={method}>
        <input type="hidden" name="basedOn" value={String(basedOn)} />
        <fieldset disabled={props.isReadOnly}>
          <Part title={rules.what}>
            <Field name="name" label={rules.name} value={typed.text('name')} error={errors.name} />
            <Gets {...props} />
          </Part>
          <Part title={rules.senders}>
            <Side {...props} part="senders" title={rules.fromWhom} hint={rules.everyoneHint} />
            <Side {...props} part="sendersExcept" title={rules.except} />
          </Part>
          <Part title={rules.recipients}>
            <Side {...props} part="recipients" title={rules.toWhom} hint={rules.anyoneHint} />
            <Side {...props} part="recipientsExcept" title={rules.except} />
          </Part>
          <Part title={rules.message}>
            <MessagePart {...props} />
          </Part>
          <Part title={rules.time}>
            <TimePart {...props} />
          </Part>
          <Part title={rules.after}>
            <Select
              name="onMatch"
              label={rules.onMatch}
              value={typed.text('onMatch') || 'stop'}
              options={[
                { value: 'stop', label: rules.stop },
                { value: 'continue', label: rules.goOn },
              ]}
            />
            <Select
              name="onNoMatch"
              label={rules.onNoMatch}
              value={typed.text('onNoMatch') || 'continue'}
              options={[
                { value: 'continue', label: rules.goOn },
                { value: 'stop', label: rules.stop },
              ]}
            />
          </Part>
          {props.isReadOnly ? null : (
            <div class="actions">
              <button type="submit" class="btn btn-primary">
                {frame.save}
              </button>
              <a class="btn" href={safe(listHref)}>
                {frame.cancel}
              </a>
            </div>
          )}
        </fieldset>
      </Form>
    </>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="card mb-3">
      <div class="card-header">
        <h2>{title}</h2>
      </div>
      <div class="card-body">{children}</div>
    </section>
  );
}

function Gets({ page, typed, signatures, errors }: RuleFormProps) {
  const { rules } = page.texts;
  const chosen = typed.list('signatures').filter(name => name !== '');
  const rows = [...chosen, ...Array.from({ length: emptyRows }, () => '')];
  const isNone = typed.text('action') === 'none';
  const all = [...new Set([...signatures, ...chosen])];
  return (
    <>
      <Check type="radio" name="action" value="sign" label={rules.sign} isOn={!isNone} />
      <div class="field-grid">
        {rows.map((value, index) => (
          <select class="form-select" name="signatures" aria-label={rules.signatureNumber(String(index + 1))}>
            <option value="">{rules.noneChosen}</option>
            {all.map(name => (
              <option value={name} selected={name === value}>
                {name}
              </option>
            ))}
          </select>
        ))}
      </div>
      {errors.signatures ? <p class="invalid-feedback d-block">{errors.signatures}</p> : null}
      <Check type="radio" name="action" value="none" label={rules.signNothing} isOn={isNone} />
    </>
  );
}

type SideProps = RuleFormProps & { readonly part: string; readonly title: string; readonly hint?: string };

function Side({ page, typed, errors, part, title, hint, attributes }: SideProps) {
  const { rules } = page.texts;
  const isSender = part.startsWith('senders');
  const area = (name: string, label: string, more?: string) => (
    <Area
      name={`${part}.${name}`}
      label={label}
      value={typed.text(`${part}.${name}`)}
      error={errors[`${part}.${name}`]}
      hint={more}
    />
  );
  return (
    <fieldset class="mb-3">
      <legend>{title}</legend>
      {hint ? <p class="form-hint">{hint}</p> : null}
      {isSender ? null : (
        <div class="check-row">
          {(['internal', 'external'] as const).map(side => (
            <Check
              name={`${part}.side`}
              value={side}
              label={rules.sides[side]}
              isOn={typed.list(`${part}.side`).includes(side)}
            />
          ))}
        </div>
      )}
      <div class="field-grid">
        {area('people', rules.addresses, rules.oneALine)}
        {area('groups', rules.groups, rules.oneALine)}
        {area('domains', rules.domains, rules.oneALine)}
      </div>
      {isSender ? (
        <Attributes
          page={page}
          typed={typed}
          part={part}
          attributes={attributes}
          error={errors[`${part}.attribute`]}
        />
      ) : null}
    </fieldset>
  );
}

type AttributesProps = Pick<RuleFormProps, 'page' | 'typed' | 'attributes'> & {
  readonly part: string;
  readonly error: string | undefined;
};

function Attributes({ page, typed, part, attributes, error }: AttributesProps) {
  const { rules } = page.texts;
  const names = typed.list(`${part}.attribute`);
  const rows = names.filter(name => name !== '').length + emptyRows;
  return (
    <>
      <p class="form-label">{rules.attributes}</p>
      {Array.from({ length: rows }, (_, row) => (
        <div class="condition-row">
          <input
            class={`form-control ${error ? 'is-invalid' : ''}`}
            name={`${part}.attribute`}
            value={names[row] ?? ''}
            list={`${part}-attributes`}
            aria-label={rules.attribute}
            placeholder={row === 0 ? 'department' : ''}
          />
          <select class="form-select" name={`${part}.is`} aria-label={rules.test}>
            {(['equal', 'not-equal', 'contains', 'empty', 'not-empty'] as const).map(test => (
              <option value={test} selected={typed.list(`${part}.is`)[row] === test}>
                {rules.tests[test]}
              </option>
            ))}
          </select>
          <input
            class="form-control"
            name={`${part}.value`}
            value={typed.list(`${part}.value`)[row] ?? ''}
            aria-label={rules.value}
          />
        </div>
      ))}
      {error ? <p class="invalid-feedback d-block">{error}</p> : null}
      <datalist id={`${part}-attributes`}>
        {attributes.map(name => (
          <option value={name} />
        ))}
      </datalist>
    </>
  );
}

function MessagePart({ page, typed, errors }: RuleFormProps) {
  const { rules } = page.texts;
  return (
    <div class="field-grid">
      <Select
        name="conversation"
        label={rules.conversation}
        value={typed.text('conversation') || 'any'}
        options={(['any', 'new', 'reply', 'first'] as const).map(value => ({
          value,
          label: rules.conversations[value],
        }))}
      />
      <Select
        name="importance"
        label={rules.importance}
        value={typed.text('importance') || 'any'}
        options={(['any', 'low', 'normal', 'high'] as const).map(value => ({
          value,
          label: rules.importances[value],
        }))}
      />
      <Area
        name="subjectWords"
        label={rules.subjectWords}
        value={typed.text('subjectWords')}
        error={errors.subjectWords}
        hint={rules.oneALine}
      />
      <Area
        name="textWords"
        label={rules.textWords}
        value={typed.text('textWords')}
        error={errors.textWords}
        hint={rules.oneALine}
      />
      <Field name="minBytes" label={rules.minBytes} value={typed.text('minBytes')} error={errors.minBytes} />
      <Field name="maxBytes" label={rules.maxBytes} value={typed.text('maxBytes')} error={errors.maxBytes} />
    </div>
  );
}

function TimePart({ page, typed, errors }: RuleFormProps) {
  const { rules } = page.texts;
  return (
    <>
      <p class="form-hint">{rules.timeHint(page.format.timeZone)}</p>
      <div class="field-grid">
        <Field
          name="from"
          label={rules.from}
          value={typed.text('from')}
          error={errors.from}
          hint={rules.dayHint}
        />
        <Field name="until" label={rules.until} value={typed.text('until')} error={errors.until} />
        <Field
          name="hoursFrom"
          label={rules.hoursFrom}
          value={typed.text('hoursFrom')}
          error={errors.hoursFrom}
        />
        <Field
          name="hoursUntil"
          label={rules.hoursUntil}
          value={typed.text('hoursUntil')}
          error={errors.hoursUntil}
        />
      </div>
      <fieldset>
        <legend class="form-label">{rules.weekdays}</legend>
        <div class="check-row">
          {(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const).map(day => (
            <Check
              name="weekdays"
              value={day}
              label={rules.days[day]}
              isOn={typed.list('weekdays').includes(day)}
            />
          ))}
        </div>
      </fieldset>
    </>
  );
}
