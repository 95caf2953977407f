/** The figures of a benchmark as text. */

export function relayTables({ machine, loadAtEnd, pace, throughput, latency, memory, targets }) {
  const speedRows = throughput.flatMap(({ name, sizeBytes, contenders }) =>
    Object.entries(contenders).map(([contender, figures], index) => [
      index === 0 ? name : '',
      index === 0 ? sizeBytes.toLocaleString('en') : '',
      contender,
      precise(figures.perSecond),
      ms(figures.cpuMs),
      ms(figures.clientMs),
      figures.peakBytes === undefined ? '' : megabytes(figures.peakBytes),
    ]),
  );
  const latencyRows = latency.flatMap(({ name, contenders }) =>
    Object.entries(contenders).map(([contender, { pairs }], index) => [
      index === 0 ? name : '',
      contender,
      ...['p50', 'p99', 'worst'].map(key => ms(middle(pairs.map(pair => pair[key])))),
    ]),
  );
  const memoryRows = memory.flatMap(({ name, contenders }) =>
    Object.entries(contenders).map(([contender, figures], index) => [
      index === 0 ? name : '',
      contender,
      megabytes(figures.idleBytes),
      megabytes(figures.peakBytes),
      String(figures.messages),
      String(figures.deferred),
    ]),
  );
  const head = `relay, ${pace} run: Node ${machine.node}, ${machine.cpu}, ${machine.cores} cores${busy(machine)}`;
  return [
    `${head}\nLoad when it ended, its own included: ${loadAtEnd.toFixed(1)}.`,
    table(
      ['message', 'bytes', 'contender', 'messages/s', 'CPU ms', 'client ms', 'peak MB'],
      speedRows,
      [0, 2],
    ),
    table(['latency', 'contender', 'p50 ms', 'p99 ms', 'worst ms'], latencyRows, [0, 1]),
    table(['memory', 'contender', 'idle MB', 'peak MB', 'messages', 'put off'], memoryRows, [0, 1]),
    targetTable(targets),
  ].join('\n\n');
}

export function stampTables({ machine, pace, sizes, html, pathological, targets }) {
  const sizeRows = sizes.flatMap(({ name, sizeBytes, contenders }) =>
    Object.entries(contenders).map(([contender, figures], index) => [
      index === 0 ? name : '',
      index === 0 ? sizeBytes.toLocaleString('en') : '',
      contender,
      ...costs(figures),
    ]),
  );
  const htmlRows = html.map(({ name, sizeBytes, ...figures }) => [
    name,
    sizeBytes.toLocaleString('en'),
    ms(figures.firstMs),
    ...costs(figures),
  ]);
  const badRows = pathological.map(figures => [
    figures.name,
    figures.sizeBytes.toLocaleString('en'),
    ms(figures.medianMs),
    ms(figures.ordinaryMs),
    figures.timesLinear.toFixed(2),
    megabytes(figures.peakRssBytes),
  ]);
  const costHeads = ['median ms', 'best ms', 'p99 ms', 'CPU ms', 'MB/s', 'peak MB', 'calls'];
  return [
    `stamp, ${pace} run: Node ${machine.node}, ${machine.cpu}, ${machine.cores} cores${busy(machine)}`,
    table(['message', 'bytes', 'contender', ...costHeads], sizeRows, [0, 2]),
    table(['one part', 'bytes', 'first ms', ...costHeads], htmlRows, [0]),
    table(['made to be slow', 'bytes', 'median ms', 'ordinary ms', 'ratio', 'peak MB'], badRows, [0]),
    targetTable(targets),
  ].join('\n\n');
}

function targetTable(targets) {
  const rows = targets.map(({ name, target, value, best, isMet }) => [
    isMet ? 'OK' : 'over',
    name,
    fine(value),
    fine(best),
    fine(target),
  ]);
  return table(['', 'target', 'median', 'best', 'wanted'], rows, [0, 1]);
}

function costs({ medianMs, bestMs, p99Ms, cpuMs, megabytesPerSecond, peakRssBytes, calls }) {
  return [
    ms(medianMs),
    ms(bestMs),
    ms(p99Ms),
    ms(cpuMs),
    precise(megabytesPerSecond),
    megabytes(peakRssBytes),
    String(calls),
  ];
}

/** On a machine with other work all times but those of the CPU are too long. */
function busy({ load, cores }) {
  return load > cores / 2 ? `\nThe machine was busy when the run began: load ${load.toFixed(1)}.` : '';
}

/** `lefts`: the columns of words; figures stand on the right. */
function table(heads, rows, lefts) {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map(row => row[column].length)));
  const line = cells =>
    cells
      .map((cell, column) =>
        lefts.includes(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
      )
      .join('  ')
      .trimEnd();
  return [line(heads), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

const ms = value => (value < 1 ? value.toFixed(3) : value < 100 ? value.toFixed(2) : value.toFixed(0));
const fine = value => (value < 10 ? value.toFixed(2) : precise(value));
const middle = values => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
const precise = value => (value < 100 ? value.toFixed(1) : value.toFixed(0));
const megabytes = bytes => (bytes / 1e6).toFixed(0);
