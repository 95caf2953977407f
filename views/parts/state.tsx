/** A state: a coloured dot with its word, never the colour alone. */
export type Health = 'well' | 'look' | 'broken' | 'unknown';

export function State({ health, text }: { readonly health: Health; readonly text: string }) {
  return (
    <span class="state">
      <Dot health={health} />
      <span class={health === 'unknown' ? 'text-secondary' : health}>{text}</span>
    </span>
  );
}

export function Dot({ health }: { readonly health: Health }) {
  return <span class={`dot dot-${health}`} aria-hidden="true" />;
}
