/**
 * Forms that work without JavaScript. `<Form>` carries the token against forged requests and the verb that HTML lacks;
 * `<Field>` ties label, hint and error to the input, so that a screen reader reads all three.
 */
import type { ComponentChildren } from 'preact';
import type { Page } from '../page.ts';

export type FormProps = {
  readonly page: Page;
  readonly action: string;
  readonly method?: 'POST' | 'PUT' | 'DELETE';
  readonly class?: string;
  readonly id?: string;
  readonly children: ComponentChildren;
};

export function Form({ page, action, method = 'POST', class: className, id, children }: FormProps) {
  return (
    <form method="post" action={action} class={className} id={id} autocomplete="off" novalidate>
      <input type="hidden" name="_token" value={page.csrf} />
      {method === 'POST' ? null : <input type="hidden" name="_method" value={method} />}
      {children}
    </form>
  );
}

export type FieldProps = {
  readonly name: string;
  readonly label: string;
  readonly hint?: ComponentChildren;
  /** Shown at the field, which then has the focus. */
  readonly error?: string | undefined;
  readonly value?: string | undefined;
  readonly type?: 'text' | 'password' | 'search' | 'number' | 'date' | 'email' | 'datetime-local';
  readonly class?: string;
  readonly input?: Readonly<Record<string, string | number | boolean>>;
};

export function Field({
  name,
  label,
  hint,
  error,
  value,
  type = 'text',
  class: more = '',
  input,
}: FieldProps) {
  const described = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(' ');
  const attributes: Readonly<Record<string, string | number | boolean>> = {
    id: name,
    name,
    type,
    class: `form-control ${more} ${error ? 'is-invalid' : ''}`,
    ...(value === undefined ? {} : { value }),
    ...(described ? { 'aria-describedby': described } : {}),
    ...(error ? { 'aria-invalid': 'true', autofocus: true } : {}),
    ...input,
  };
  return (
    <div class="mb-3">
      <label class="form-label" for={name}>
        {label}
      </label>
      <input {...attributes} />
      {error ? (
        <div class="invalid-feedback" id={`${name}-error`}>
          {error}
        </div>
      ) : null}
      {hint ? (
        <div class="form-hint" id={`${name}-hint`}>
          {hint}
        </div>
      ) : null}
    </div>
  );
}

export type SelectProps = {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly hint?: string;
};

export function Select({ name, label, value, options, hint }: SelectProps) {
  return (
    <div class="mb-3">
      <label class="form-label" for={name}>
        {label}
      </label>
      <select
        id={name}
        name={name}
        class="form-select"
        {...(hint ? { 'aria-describedby': `${name}-hint` } : {})}
      >
        {options.map(option => (
          <option value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
      {hint ? (
        <div class="form-hint" id={`${name}-hint`}>
          {hint}
        </div>
      ) : null}
    </div>
  );
}
