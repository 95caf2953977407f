/** What a process and all of its descendants have used, from Linux's /proc. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Milliseconds of one clock tick, which is the unit of /proc/PID/stat on every architecture that Node runs on. */
const TICK_MS = 10;

/** CPU of the tree of `pid` since it began, those that have ended included as far as their parents waited for them. */
export function cpuMs(pid) {
  return treeOf(pid).reduce((sum, { ticks }) => sum + ticks, 0) * TICK_MS;
}

/** Resident bytes now; what several processes share counts once. */
export function residentBytes(pid) {
  const tree = treeOf(pid);
  if (tree.length === 1) return statusOf(pid, 'VmRSS');
  return tree.reduce((sum, one) => sum + proportionalBytes(one.pid), 0);
}

/** From here on `peakBytes` is measured anew. Only for a single process. */
export function resetPeak(pid) {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // A system that forbids it: the peak is that of the whole life then.
  }
}

export function peakBytes(pid) {
  return treeOf(pid).length === 1 ? statusOf(pid, 'VmHWM') : residentBytes(pid);
}

function treeOf(pid) {
  const all = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  const stats = all.flatMap(name => statOf(Number(name)) ?? []);
  const found = stats.filter(stat => stat.pid === pid);
  for (let at = 0; at < found.length; at++)
    found.push(...stats.filter(({ parent }) => parent === found[at].pid));
  return found;
}

function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = words.slice(11, 15).reduce((sum, word) => sum + Number(word), 0);
    return { pid, parent: Number(words[1]), ticks };
  } catch {
    return undefined;
  }
}

function statusOf(pid, name) {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024;
}

function proportionalBytes(pid) {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
