/** Reads a file of views/assets/files.json in whichever of three ways Signet runs: sources, bundle, single executable. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { getRawAsset, isSea } from 'node:sea';
import files from '../../views/assets/files.json' with { type: 'json' };

export const assetNames: readonly string[] = Object.keys(files);

export async function readAsset(name: string): Promise<Buffer> {
  if (isSea()) return Buffer.from(getRawAsset(`assets/${name}`));
  const here = import.meta.filename;
  if (!here.endsWith('.ts')) return readFile(join(dirname(here), 'assets', name));
  return readFile(join(dirname(here), '../..', files[name as keyof typeof files]));
}
