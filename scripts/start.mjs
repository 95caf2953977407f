/** `npm start`: bundles when the sources are newer than the bundle, then runs the bundle in this process. */
import { build, bundle, isStale } from './build.mjs';

if (isStale()) await build();
await import(bundle);
