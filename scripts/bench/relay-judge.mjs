/**
 * The targets of the relay. Ratios and differences are taken within a pair, so that both sides saw the same machine, and
 * the median of the pairs is judged; `best` is the same from the best rounds of each, for runs on a busy machine.
 */
import { fastestRaw } from './relay-contenders.mjs';
import { median } from './relay-speed.mjs';

const MiB = 1024 * 1024;
const wanted = { timesHaraka: 3, timesPostfix: 1, timesRaw: 0.8, p50Ms: 5, p99Ms: 30, rssBytes: 300e6 };
/** The budget of src/limits.ts, and what a process of this kind takes without any message. */
const BOUND_BYTES = 512 * MiB + 300e6;
const judgedName = '8 KB, a connection each';

export function judgeRelay({ throughput, latency, memory }) {
  return [
    ...throughput.flatMap(judgePeers),
    ...throughput.map(one => speedRatio(one, fastestRaw, wanted.timesRaw)),
    ...latency.flatMap(judgeLatency),
    ...memory.map(judgeMemory),
  ];
}

function judgePeers(one) {
  if (one.name !== judgedName || !one.contenders['haraka+banner']) return [];
  return [
    speedRatio(one, 'haraka+banner', wanted.timesHaraka),
    speedRatio(one, 'postfix', wanted.timesPostfix),
  ];
}

function speedRatio({ name, contenders }, other, target) {
  const [ours, theirs] = [contenders.signet.rounds, contenders[other].rounds];
  const best = rounds => Math.max(...rounds.map(({ perSecond }) => perSecond));
  return least(`${name}: times ${other}`, target, {
    value: median(ours.map(({ perSecond }, pair) => perSecond / theirs[pair].perSecond)),
    best: best(ours) / best(theirs),
  });
}

function judgeLatency({ contenders }) {
  return ['p50', 'p99'].map(key => {
    const added = contenders.signet.pairs.map(
      (pair, index) => pair[key] - contenders.direct.pairs[index][key],
    );
    const figures = { value: median(added), best: Math.min(...added) };
    return most(`added latency, 100 messages/s of 50 KB: ${key} ms`, wanted[`${key}Ms`], figures);
  });
}

function judgeMemory({ name, contenders }) {
  const bytes = contenders.signet.peakBytes;
  const target = name.endsWith('25 MB') ? BOUND_BYTES : wanted.rssBytes;
  return most(`${name}: MB`, target / 1e6, { value: bytes / 1e6, best: bytes / 1e6 });
}

function least(name, target, figures) {
  return { name, target, ...figures, isMet: figures.value >= target };
}

function most(name, target, figures) {
  return { name, target, ...figures, isMet: figures.value <= target };
}
