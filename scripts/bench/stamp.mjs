/**
 * `npm run bench -- stamp`: what stamping a message costs, beside the two common ways to do it with libraries, and
 * whether text that was made to be slow is. The bundle is measured, as it is what runs in production.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../build.mjs';
import { measure } from './measure.mjs';
import { htmlCases, pathologicalCases, sizeCases } from './messages.mjs';

const all = ['signet', 'signet+concat', 'mailsplit-rewriter', 'recompose'];
const paces = {
  quick: { rounds: 3, roundMs: 40, warmUpMs: 300, budgetMs: 300, fresh: 1, slowTexts: 7 },
  full: { rounds: 9, roundMs: 200, warmUpMs: 2000, budgetMs: 5000, fresh: 3, slowTexts: 12 },
};
/** Less would measure the compiler where a target in milliseconds or a ratio to another program is judged. */
const JUDGED_WARM_UP_MS = 1000;
const targets = { timesRewriter: 5, megabytesPerSecond: 500, htmlMs: 60, timesLinear: 3 };

/** All figures and targets as one object. `tell` hears what is being measured. */
export async function benchStamp({ pace, tell }) {
  const folder = mkdtempSync(join(tmpdir(), 'signet-bench-'));
  try {
    const where = machine();
    const bundle = join(folder, 'stamp.cjs');
    await bundleStamp(bundle);
    const bench = { folder, tell, settings: { ...paces[pace], bundle } };
    const sizes = await compareSizes(bench);
    const html = await measureHtml(bench);
    const pathological = await measurePathological(bench);
    const figures = { sizes, html, pathological };
    return { machine: where, pace, ...figures, targets: judge(figures) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function bundleStamp(outfile) {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/mail/stamp.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    logLevel: 'warning',
  });
}

/** `load`: processes that wanted a core in the minute before; with the benchmark's own one, more than cores is a queue. */
function machine() {
  const cores = availableParallelism();
  return { node: process.version, cpu: cpus()[0]?.model.trim(), cores, load: loadavg()[0] };
}

async function compareSizes(bench) {
  const results = [];
  for (const { name, messages } of sizeCases()) {
    bench.tell(name);
    const { files, sizeBytes } = store(bench, messages());
    const figures = await measure(
      all.map(contender => [contender, files]),
      name === '8 KB' ? warmer(bench.settings) : bench.settings,
    );
    const contenders = Object.fromEntries(
      all.map((contender, index) => [contender, withSpeed(figures[index], sizeBytes)]),
    );
    results.push({ name, sizeBytes, contenders });
  }
  return results;
}

function warmer(settings) {
  return { ...settings, warmUpMs: Math.max(settings.warmUpMs, JUDGED_WARM_UP_MS) };
}

/** Several fresh processes: only the first call of each is a cold one. */
async function measureHtml(bench) {
  const results = [];
  for (const { name, messages } of htmlCases()) {
    bench.tell(name);
    const { files, sizeBytes } = store(bench, messages());
    const pairs = Array.from({ length: bench.settings.fresh }, () => ['signet', files]);
    const figures = await measure(pairs, warmer(bench.settings));
    const middle = key => median(figures.map(figure => figure[key]));
    const keys = ['firstMs', 'medianMs', 'bestMs', 'p99Ms', 'cpuMs', 'peakRssBytes'];
    const merged = Object.fromEntries(keys.map(key => [key, middle(key)]));
    const calls = figures.reduce((sum, figure) => sum + figure.calls, 0);
    results.push({ name, sizeBytes, ...withSpeed({ ...merged, calls }, sizeBytes) });
  }
  return results;
}

/** The bad text and the ordinary one take turns; the ratio is that of their times per byte. */
async function measurePathological(bench) {
  const results = [];
  const stored = new Map();
  const cases = pathologicalCases().slice(0, bench.settings.slowTexts);
  for (const { name, messages, ordinary, ordinaryName } of cases) {
    bench.tell(name);
    const bad = store(bench, messages());
    const good = stored.get(ordinaryName) ?? store(bench, ordinary());
    stored.set(ordinaryName, good);
    const pairs = [
      ['signet', bad.files],
      ['signet', good.files],
    ];
    // Large texts are warm after a few calls, and the ratio is all that is asked for.
    const warmUpMs = bench.settings.warmUpMs / 4;
    const [badFigures, goodFigures] = await measure(pairs, { ...bench.settings, warmUpMs });
    results.push({
      name,
      sizeBytes: bad.sizeBytes,
      ...badFigures,
      ordinaryMs: goodFigures.medianMs,
      timesLinear: badFigures.medianMs / bad.sizeBytes / (goodFigures.medianMs / good.sizeBytes),
      bestTimesLinear: badFigures.bestMs / bad.sizeBytes / (goodFigures.bestMs / good.sizeBytes),
    });
  }
  return results;
}

/** Messages go by file: what makes them must not count as memory of those who stamp them. */
function store({ folder }, messages) {
  const stem = randomUUID();
  const files = messages.map((message, index) => {
    const file = join(folder, `${stem}-${index}.eml`);
    writeFileSync(file, message);
    return file;
  });
  return {
    files,
    sizeBytes: Math.round(messages.reduce((sum, { length }) => sum + length, 0) / files.length),
  };
}

function withSpeed(figures, sizeBytes) {
  return { ...figures, megabytesPerSecond: sizeBytes / 1e6 / (figures.medianMs / 1e3) };
}

/** Medians are judged; `best` is the same from the best calls, for runs on a busy machine. */
function judge({ sizes, html, pathological }) {
  const find = name => sizes.find(size => size.name === name);
  const { 'mailsplit-rewriter': rewriter, signet } = find('8 KB').contenders;
  const { sizeBytes, contenders } = find('25 MB');
  const rows = [
    least('8 KB: times as fast as mailsplit-rewriter', targets.timesRewriter, {
      value: rewriter.medianMs / signet.medianMs,
      best: rewriter.bestMs / signet.bestMs,
    }),
    least('25 MB: MB/s', targets.megabytesPerSecond, {
      value: contenders.signet.megabytesPerSecond,
      best: sizeBytes / 1e3 / contenders.signet.bestMs,
    }),
  ];
  for (const { name, medianMs, bestMs } of html)
    rows.push(most(`${name}: ms`, targets.htmlMs, { value: medianMs, best: bestMs }));
  for (const { name, timesLinear, bestTimesLinear } of pathological)
    rows.push(
      most(`${name}: times linear`, targets.timesLinear, { value: timesLinear, best: bestTimesLinear }),
    );
  return rows;
}

function least(name, target, figures) {
  return { name, target, ...figures, isMet: figures.value >= target };
}

function most(name, target, figures) {
  return { name, target, ...figures, isMet: figures.value <= target };
}

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
