/** Fields of several lines and boxes to tick, with label, hint and error as `<Field>` ties them. */
export type AreaProps = {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly rows?: number;
  /** Source text: in a fixed width, and never corrected by the browser. */
  readonly isSource?: boolean;
  readonly isReadOnly?: boolean;
};

export function Area({ name, label, value, hint, error, rows = 2, isSource, isReadOnly }: AreaProps) {
  const described = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(' ');
  return (
    <div class="mb-3">
      <label class="form-label" for={name}>
        {label}
      </label>
      <textarea
        id={name}
        name={name}
        rows={rows}
        class={`form-control ${isSource ? 'mono' : ''} ${error ? 'is-invalid' : ''}`}
        spellcheck={!isSource}
        dir={isSource ? 'ltr' : 'auto'}
        readOnly={isReadOnly}
        {...(described ? { 'aria-describedby': described } : {})}
        {...(error ? { 'aria-invalid': 'true', autofocus: true } : {})}
      >
        {/* A browser drops one line end behind the tag: this one, so that the text's own first one stays. */}
        {`\n${value}`}
      </textarea>
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

export type CheckProps = {
  readonly name: string;
  readonly value: string;
  readonly label: string;
  readonly isOn: boolean;
  readonly type?: 'checkbox' | 'radio';
};

export function Check({ name, value, label, isOn, type = 'checkbox' }: CheckProps) {
  return (
    <label class="form-check">
      <input class="form-check-input" type={type} name={name} value={value} checked={isOn} />
      <span class="form-check-label">{label}</span>
    </label>
  );
}
