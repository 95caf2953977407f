/** Where nothing stands yet: what would stand here, and how to begin. */
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

export type EmptyProps = {
  readonly icon: IconName;
  readonly title: string;
  readonly sentence: ComponentChildren;
  readonly children?: ComponentChildren;
};

export function Empty({ icon, title, sentence, children }: EmptyProps) {
  return (
    <div class="empty-note">
      <Icon name={icon} class="mb-2" />
      <p class="h3 mb-1">{title}</p>
      <p>{sentence}</p>
      {children}
    </div>
  );
}
