/** Step three: `GET .../scope` with its group search, `PUT .../scope`. */
import { GroupChoices, ScopePage } from '../../../../views/mail-flow/scope.tsx';
import { limits } from '../../../limits.ts';
import type { Choices, GroupChoice, Session } from '../../../microsoft/mail-flow-types.ts';
import { type Answer, redirect } from '../../answer.ts';
import { HttpFault } from '../../http-fault.ts';
import { seatState } from '../../seat-state.ts';
import { tenantOf, type Visit } from '../../visit.ts';
import { baseOf, faultOf, type MailFlowNeeds, signedIn } from './common.ts';

/** Read once for each sign-in: a search by letters must not ask Exchange for thousands of groups each time. */
type GroupMemory = Map<string, readonly GroupChoice[]>;
const rememberedSignIns = 20;

type Again = {
  readonly fault?: string;
  readonly errors?: Readonly<Partial<Record<'group' | 'pilotMailbox', string>>>;
};

export function scopeRoutes(needs: MailFlowNeeds) {
  const { mailFlow, trail } = needs;
  const memory: GroupMemory = new Map();

  async function groupsOf(
    session: Session,
  ): Promise<{ readonly groups: readonly GroupChoice[]; readonly fault?: string }> {
    const known = memory.get(session.signInId);
    if (known) return { groups: known };
    const read = await mailFlow.groups(session);
    if (read.kind === 'failed') return { groups: [], fault: faultOf(read) };
    if (memory.size >= rememberedSignIns) memory.clear();
    memory.set(session.signInId, read.value);
    return { groups: read.value };
  }

  async function page(visit: Visit, chosen: Shown, again: Again = {}): Promise<Answer> {
    const session = signedIn(mailFlow, visit);
    if (!session) return redirect(`${baseOf(visit)}/sign-in?then=setup`);
    const tenant = tenantOf(visit);
    const { groups, fault } = await groupsOf(session);
    const found = groups.filter(group => contains(group, chosen.text));
    const shown = found.slice(0, limits.web.groupChoices);
    const isHidden = chosen.group !== undefined && !shown.some(({ address }) => address === chosen.group);
    const kept = isHidden ? groups.filter(({ address }) => address === chosen.group) : [];
    const list = {
      groups: [...kept, ...shown],
      more: found.length - shown.length,
      text: chosen.text,
      group: chosen.group,
    };
    const seats = await seatState(needs.store.licences, {
      tenantId: tenant.id,
      timeZone: tenant.preferences.timeZone ?? needs.timeZone,
      now: needs.clock.now(),
    });
    const words = visit.page.texts.mailFlow;
    return {
      kind: 'page',
      title: words.whose.title,
      status: again.errors ? 422 : 200,
      view: (
        <ScopePage
          page={visit.page}
          base={baseOf(visit)}
          username={session.username}
          isInternalToo={chosen.isInternalToo}
          pilotMailbox={chosen.pilotMailbox}
          people={await needs.store.people.countPeople(tenant.id)}
          seats={seats}
          {...list}
          {...(fault === undefined ? {} : { fault })}
          {...again}
        />
      ),
      parts: { 'group-choices': <GroupChoices page={visit.page} {...list} /> },
    };
  }

  async function show(visit: Visit): Promise<Answer> {
    const choices = await mailFlow.choices(tenantOf(visit).id);
    if (choices.kind === 'failed') throw new HttpFault(404, 'not-found');
    return page(visit, { ...shownOf(choices.value), text: visit.query.text('q').trim() });
  }

  async function save(visit: Visit): Promise<Answer> {
    const { form } = visit;
    const { id: tenantId, name } = tenantOf(visit);
    const words = visit.page.texts.mailFlow.whose;
    const shown: Shown = {
      group: form.text('senders') === 'group' ? form.text('group') : undefined,
      isInternalToo: form.has('internal'),
      pilotMailbox: form.text('pilotMailbox').trim(),
      text: form.text('q').trim(),
    };
    // Without scripts the search is a button of the same form, so that nothing that was chosen is lost.
    if (form.has('find')) return page(visit, shown);
    if (shown.group === '') return page(visit, shown, { errors: { group: words.choose } });
    if (shown.pilotMailbox && !/^[^@\s]+@[^@\s]+$/.test(shown.pilotMailbox))
      return page(visit, shown, { errors: { pilotMailbox: words.pilotBad } });
    const scope: Choices['scope'] = {
      senders: shown.group === undefined ? { kind: 'all' } : { kind: 'group', address: shown.group },
      isInternalToo: shown.isInternalToo,
    };
    const kept = await mailFlow.choose(tenantId, { scope, pilotMailbox: shown.pilotMailbox || undefined });
    if (kept.kind === 'failed') return page(visit, shown, { fault: faultOf(kept), errors: {} });
    await trail.record(visit, { action: 'mail-flow-scope', subject: name, tenantId, detail: scope });
    return redirect(`${baseOf(visit)}/configure`);
  }

  return { show, save };
}

type Shown = {
  /** '' : a group, and none chosen yet. */
  readonly group: string | undefined;
  readonly isInternalToo: boolean;
  readonly pilotMailbox: string;
  readonly text: string;
};

function shownOf({ scope, pilotMailbox = '' }: Choices): Omit<Shown, 'text'> {
  const group = scope.senders.kind === 'group' ? scope.senders.address : undefined;
  return { group, isInternalToo: scope.isInternalToo, pilotMailbox };
}

function contains({ name, address }: GroupChoice, text: string) {
  const wanted = text.toLowerCase();
  return name.toLowerCase().includes(wanted) || address.toLowerCase().includes(wanted);
}
