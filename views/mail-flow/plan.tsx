/** Objects and what happens to each, as sentences; and the lights of what was looked at. */
import type { PlanLine, PreflightLight } from '../../src/microsoft/mail-flow-types.ts';
import type { Page } from '../page.ts';
import { State } from '../parts/state.tsx';

const badges: Readonly<Record<PlanLine['action'], string>> = {
  create: 'badge-well',
  change: 'badge-look',
  keep: 'badge-plain',
  remove: 'badge-look',
  conflict: 'badge-broken',
};

export function PlanList({ page, lines }: { readonly page: Page; readonly lines: readonly PlanLine[] }) {
  const { plan } = page.texts.mailFlow;
  return (
    <ul class="plan">
      {lines.map(({ action, name, sentences }) => (
        <li>
          <span class={`badge ${badges[action]}`}>{plan.actions[action]}</span> <strong>{name}</strong>
          {sentences.map(sentence => (
            <p class="mb-0 text-secondary">{sentence}</p>
          ))}
        </li>
      ))}
    </ul>
  );
}

export function Lights({
  page,
  lights,
}: {
  readonly page: Page;
  readonly lights: readonly PreflightLight[];
}) {
  if (lights.length === 0) return null;
  return (
    <>
      <h3>{page.texts.mailFlow.plan.lights}</h3>
      <ul class="plan">
        {lights.map(({ name, health, sentence }) => (
          <li>
            <State health={health} text={page.texts.mailFlow.plan.lightNames[name] ?? name} />
            <p class="mb-0 text-secondary">{sentence}</p>
          </li>
        ))}
      </ul>
    </>
  );
}
