/** Language, theme and time zone of one's own pages. */
import type { Page } from '../page.ts';
import { Form, Select } from '../parts/form.tsx';

export type LookProps = {
  readonly page: Page;
  /** '' for what the browser asks. */
  readonly language: string;
  readonly languages: readonly { readonly value: string; readonly label: string }[];
  /** '' for the tenant's. */
  readonly timeZone: string;
  readonly timeZones: readonly string[];
};

const themes = ['light', 'dark', 'auto'] as const;

export function LookForm({ page, language, languages, timeZone, timeZones }: LookProps) {
  const { account, frame } = page.texts;
  return (
    <section class="card">
      <div class="card-header">
        <h2>{account.look}</h2>
      </div>
      <Form page={page} action="/account/look" method="PUT" class="card-body">
        <input type="hidden" name="back" value="/account" />
        <Select
          name="language"
          label={account.language}
          value={language}
          options={[{ value: '', label: account.asBrowser }, ...languages]}
        />
        <Select
          name="theme"
          label={account.theme}
          value={page.theme}
          options={themes.map(theme => ({ value: theme, label: frame.themes[theme] }))}
        />
        <Select
          name="timeZone"
          label={account.timeZone}
          value={timeZone}
          options={[
            { value: '', label: account.asTenant },
            ...timeZones.map(zone => ({ value: zone, label: zone.replaceAll('_', ' ') })),
          ]}
          hint={account.timeZoneHint}
        />
        <button type="submit" class="btn">
          {frame.save}
        </button>
      </Form>
    </section>
  );
}
