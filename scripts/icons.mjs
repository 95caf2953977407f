/** `npm run icons`: takes the icons named below out of @tabler/icons into views/parts/icon-paths.ts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export const names = [
  'alert-triangle',
  'arrow-down',
  'arrow-right',
  'arrow-up',
  'ban',
  'building',
  'certificate',
  'check',
  'chevron-left',
  'chevron-right',
  'circle-check',
  'circle-x',
  'clock',
  'command',
  'copy',
  'device-desktop',
  'device-mobile',
  'download',
  'external-link',
  'filter',
  'fingerprint',
  'flask',
  'folder',
  'history',
  'info-circle',
  'key',
  'layout-dashboard',
  'license',
  'list-check',
  'lock',
  'logout',
  'mail',
  'mail-off',
  'menu-2',
  'moon',
  'pencil',
  'player-pause',
  'player-play',
  'plus',
  'printer',
  'refresh',
  'rosette-discount-check',
  'route',
  'search',
  'selector',
  'settings',
  'shield',
  'sun',
  'trash',
  'user',
  'users',
  'writing-sign',
  'x',
];

export function iconSource() {
  const require = createRequire(import.meta.url);
  const nodes = JSON.parse(readFileSync(require.resolve('@tabler/icons/tabler-nodes-outline.json'), 'utf8'));
  const rows = names.map(name => {
    const paths = nodes[name].map(([element, { d }]) => {
      if (element !== 'path') throw new Error(`${name} has a ${element}`);
      return d;
    });
    return `  '${name}': ${JSON.stringify(paths.join(''))},`;
  });
  return `/** Made by \`npm run icons\` from @tabler/icons (MIT): outlines of 24 by 24, as one path each. */
// biome-ignore format: one icon a line
export const iconPaths = {
${rows.join('\n')}
} as const;

export type IconName = keyof typeof iconPaths;
`;
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(new URL('../views/parts/icon-paths.ts', import.meta.url), iconSource());
