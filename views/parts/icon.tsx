/** One icon in the colour of the text beside it. It is decoration: the word next to it says what is meant. */
import { type IconName, iconPaths } from './icon-paths.ts';

export type { IconName };

export function Icon({ name, class: more = '' }: { readonly name: IconName; readonly class?: string }) {
  return (
    <svg
      class={`icon ${more}`}
      width="24"
      height="24"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={iconPaths[name]} />
    </svg>
  );
}
