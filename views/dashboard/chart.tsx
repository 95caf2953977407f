/** Messages a day as bars; a table says the same to who cannot see them. */
import type { Page } from '../page.ts';

export type Day = {
  /** `YYYY-MM-DD` in the tenant's time zone. */
  readonly day: string;
  readonly signed: number;
  readonly untouched: number;
};

/** Of one bar and its gap, in the drawing's own units. */
const step = 20;
const barWidth = 14;
const height = 100;

export function MessageChart({ page, days }: { readonly page: Page; readonly days: readonly Day[] }) {
  const { texts, format } = page;
  const most = Math.max(1, ...days.map(({ signed, untouched }) => signed + untouched));
  return (
    <>
      <svg
        class="chart chart-wide"
        viewBox={`0 0 ${days.length * step} ${height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {days.map((day, index) => (
          <Bars day={day} x={index * step + 3} scale={height / most} isToday={index === days.length - 1}>
            {`${format.day(day.day)}: ${texts.dashboard.dayTitle(format.number(day.signed), format.number(day.untouched))}`}
          </Bars>
        ))}
      </svg>
      <table class="visually-hidden">
        <caption>{texts.dashboard.chartTitle}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.dashboard.day}</th>
            <th scope="col">{texts.dashboard.signed}</th>
            <th scope="col">{texts.dashboard.untouched}</th>
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, signed, untouched }) => (
            <tr>
              <th scope="row">{format.day(day)}</th>
              <td>{format.number(signed)}</td>
              <td>{format.number(untouched)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

type BarsProps = {
  readonly day: Day;
  readonly x: number;
  readonly scale: number;
  readonly isToday: boolean;
  readonly children: string;
};

function Bars({ day, x, scale, isToday, children }: BarsProps) {
  const signed = day.signed * scale;
  const rest = day.untouched * scale;
  return (
    <g>
      <title>{children}</title>
      <rect class={isToday ? 'today' : 'bar'} x={x} y={height - signed} width={barWidth} height={signed} />
      <rect class="rest" x={x} y={height - signed - rest} width={barWidth} height={Math.max(0, rest - 1)} />
    </g>
  );
}
