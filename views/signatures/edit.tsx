/** One signature: its sections as source, the preview for any person beside them, its pictures and its versions. */
import { href as safe } from '../href.ts';
import type { Page } from '../page.ts';
import { Area, Check } from '../parts/area.tsx';
import { Field, Form, Select } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { Managed } from '../parts/managed.tsx';
import { Moment } from '../parts/moment.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { State } from '../parts/state.tsx';

export type Typed = {
  readonly text: (name: string) => string;
  readonly list: (name: string) => readonly string[];
};

export type VersionRow = {
  readonly version: number;
  readonly name: string;
  readonly savedAt: number;
  readonly savedBy: string;
  readonly note: string;
  readonly isPublished: boolean;
};

export type SignatureEditProps = {
  readonly page: Page;
  readonly title: string;
  readonly href: string;
  readonly listHref: string;
  readonly typed: Typed;
  readonly sections: readonly number[];
  readonly blockNames: ReadonlyMap<string, string>;
  readonly basedOn: number;
  readonly publishedVersion?: number | undefined;
  readonly errors: Readonly<Record<string, string>>;
  readonly newer?:
    | { readonly by: string; readonly at: number; readonly differences: readonly string[] }
    | undefined;
  readonly images: readonly { readonly name: string; readonly href: string }[];
  readonly versions: readonly VersionRow[];
  readonly people: readonly { readonly id: string; readonly name: string }[];
  readonly sentences: readonly string[];
  readonly managedBy?: string | undefined;
  readonly mayEdit: boolean;
};

export function SignatureEdit(props: SignatureEditProps) {
  const { page, title, href, listHref, newer, errors, mayEdit, basedOn, publishedVersion } = props;
  const { signatures, frame } = page.texts;
  const isPublished = publishedVersion === basedOn;
  return (
    <>
      <PageHead
        title={title}
        crumbs={[{ text: page.tenant?.name ?? '' }, { text: frame.pages.signatures, href: listHref }]}
        badge={
          <State
            health={isPublished ? 'well' : 'look'}
            text={
              isPublished
                ? signatures.states.published
                : publishedVersion === undefined
                  ? signatures.states.draft
                  : signatures.states.changed
            }
          />
        }
      >
        {mayEdit ? (
          <a class="btn" href={safe(`${href}/removal`)}>
            <Icon name="trash" />
            {signatures.remove}
          </a>
        ) : null}
      </PageHead>
      <Managed page={page} file={props.managedBy} />
      {props.sentences.map(sentence => (
        <p class="lead">{sentence}</p>
      ))}
      {Object.keys(errors).length > 0 ? (
        <div class="alert alert-danger" role="alert">
          <p class="mb-1">{frame.notSaved}</p>
          <ul class="mb-0">
            {Object.values(errors).map(error => (
              <li>{error}</li>
            ))}
          </ul>
        </div>
      ) : null}
      {newer ? (
        <div class="alert alert-warning" role="alert">
          <p class="mb-1">{signatures.newer(newer.by, page.format.dateTime(newer.at))}</p>
          <pre class="mono mb-0 table-box">{newer.differences.join('\n')}</pre>
        </div>
      ) : null}
      <Form page={page} action={href} method="PUT">
        <div class="columns columns-even">
          <div>
            <Source {...props} />
          </div>
          <Preview {...props} />
        </div>
      </Form>
      <Images {...props} />
      <Versions {...props} />
    </>
  );
}

function Source(props: SignatureEditProps) {
  const { page, typed, sections, errors, mayEdit, basedOn } = props;
  const { signatures, frame } = page.texts;
  return (
    <section class="card">
      <div class="card-body">
        <input type="hidden" name="basedOn" value={String(basedOn)} />
        <fieldset disabled={!mayEdit}>
          <Field name="name" label={signatures.name} value={typed.text('name')} error={errors.name} />
          {sections.map((at, index) => (
            <SectionFields {...props} at={at} number={index + 1} isLast={index === sections.length - 1} />
          ))}
          <Field name="note" label={signatures.note} value={typed.text('note')} />
        </fieldset>
        {mayEdit ? (
          <div class="actions">
            <button type="submit" class="btn btn-primary" name="publish" value="1">
              {signatures.saveAndPublish}
            </button>
            <button type="submit" class="btn">
              {signatures.saveDraft}
            </button>
            <a class="btn" href={safe(props.listHref)}>
              {frame.cancel}
            </a>
          </div>
        ) : null}
      </div>
    </section>
  );
}

type SectionProps = SignatureEditProps & {
  readonly at: number;
  readonly number: number;
  readonly isLast: boolean;
};

function SectionFields({ page, typed, errors, blockNames, at, number, isLast }: SectionProps) {
  const { signatures } = page.texts;
  const block = typed.text(`s${at}.block`);
  const title = signatures.section(page.format.number(number));
  const field = (name: string) => `s${at}.${name}`;
  if (block !== '')
    return (
      <fieldset class="mb-3">
        <legend>{title}</legend>
        <input type="hidden" name="section" value={String(at)} />
        <input type="hidden" name={field('block')} value={block} />
        <p>{signatures.block(blockNames.get(block) ?? block)}</p>
        <Check name={field('drop')} value="1" label={signatures.dropBlock} isOn={false} />
      </fieldset>
    );
  const area = (name: string, label: string, rows: number) => (
    <Area
      name={field(name)}
      label={label}
      value={typed.text(field(name))}
      error={errors[field(name)]}
      rows={rows}
      isSource
    />
  );
  const content = (
    <>
      <input type="hidden" name="section" value={String(at)} />
      <Select
        name={field('zone')}
        label={signatures.zone}
        value={typed.text(field('zone')) || 'signature'}
        options={(['top', 'signature', 'bottom'] as const).map(value => ({
          value,
          label: signatures.zones[value],
        }))}
      />
      {area('new.html', signatures.html, 10)}
      {area('new.text', signatures.text, 4)}
      <Select
        name={field('reply')}
        label={signatures.reply}
        value={typed.text(field('reply')) || 'same'}
        options={(['same', 'none', 'own'] as const).map(value => ({
          value,
          label: signatures.replies[value],
        }))}
      />
      <details open={typed.text(field('reply')) === 'own'}>
        <summary class="mb-2">{signatures.ownReply}</summary>
        {area('reply.html', signatures.replyHtml, 6)}
        {area('reply.text', signatures.replyText, 3)}
      </details>
    </>
  );
  if (isLast && number > 1)
    return (
      <details class="mb-3">
        <summary class="mb-2">{signatures.addSection}</summary>
        {content}
      </details>
    );
  return (
    <fieldset class="mb-3">
      <legend>{title}</legend>
      {content}
    </fieldset>
  );
}

/** The buttons send what is typed into the frame: nothing is saved, and no script is needed. */
function Preview({ page, href, people, typed }: SignatureEditProps) {
  const { signatures } = page.texts;
  return (
    <section class="card preview-card" aria-labelledby="preview-title">
      <div class="card-header">
        <h2 id="preview-title">{signatures.preview}</h2>
      </div>
      <div class="card-body">
        <Select
          name="person"
          label={signatures.person}
          value={typed.text('person') || (people[0]?.id ?? '')}
          options={[
            ...people.map(({ id, name }) => ({ value: id, label: name })),
            { value: '', label: signatures.unknownPerson },
          ]}
        />
        <div class="actions">
          {(['new', 'reply'] as const).map(form => (
            <button
              type="submit"
              class="btn btn-sm"
              formaction={`${href}/preview`}
              formtarget="preview"
              name="show"
              value={form}
            >
              {signatures.showAs[form]}
            </button>
          ))}
        </div>
      </div>
      <iframe
        class="preview preview-tall"
        name="preview"
        sandbox=""
        src={safe(`${href}/preview?${new URLSearchParams({ person: people[0]?.id ?? '' })}`)}
        title={signatures.preview}
      />
    </section>
  );
}

function Images({ page, href, images, mayEdit, basedOn, errors }: SignatureEditProps) {
  const { signatures } = page.texts;
  return (
    <section class="card" aria-labelledby="images-title">
      <div class="card-header">
        <h2 id="images-title">{signatures.images}</h2>
      </div>
      <div class="card-body">
        <p class="form-hint">{signatures.imagesHow}</p>
        <ul class="plain-list image-list">
          {images.map(image => (
            <li>
              <img src={safe(image.href)} alt="" />
              <code>{`cid:${image.name}`}</code>
              {mayEdit ? (
                <Form page={page} action={image.href} method="DELETE">
                  <input type="hidden" name="basedOn" value={String(basedOn)} />
                  <button type="submit" class="icon-button" title={signatures.removeImage(image.name)}>
                    <Icon name="trash" />
                    <span class="visually-hidden">{signatures.removeImage(image.name)}</span>
                  </button>
                </Form>
              ) : null}
            </li>
          ))}
        </ul>
        {mayEdit ? (
          <form method="post" action={`${href}/images`} encType="multipart/form-data" class="inline-form">
            <input type="hidden" name="_token" value={page.csrf} />
            <input type="hidden" name="basedOn" value={String(basedOn)} />
            <div class="mb-3">
              <label class="form-label" for="image">
                {signatures.imageFile}
              </label>
              <input
                class={`form-control ${errors.image ? 'is-invalid' : ''}`}
                type="file"
                id="image"
                name="image"
                accept="image/png,image/jpeg,image/gif"
              />
              {errors.image ? <div class="invalid-feedback">{errors.image}</div> : null}
            </div>
            <button type="submit" class="btn">
              {signatures.upload}
            </button>
          </form>
        ) : null}
      </div>
    </section>
  );
}

function Versions({ page, href, versions, mayEdit, publishedVersion }: SignatureEditProps) {
  const { signatures } = page.texts;
  return (
    <section class="card" aria-labelledby="versions-title">
      <div class="card-header">
        <h2 id="versions-title">{signatures.versions}</h2>
        {mayEdit && publishedVersion !== undefined ? (
          <Form page={page} action={`${href}/publication`} method="DELETE">
            <button type="submit" class="btn btn-sm">
              {signatures.withdraw}
            </button>
          </Form>
        ) : null}
      </div>
      <table class="table table-vcenter table-stack mb-0">
        <thead>
          <tr>
            <th scope="col">{signatures.version}</th>
            <th scope="col">{signatures.saved}</th>
            <th scope="col">{signatures.note}</th>
            <th scope="col">
              <span class="visually-hidden">{signatures.act}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {versions.map(version => (
            <tr>
              <th scope="row">
                <a href={safe(`${href}?version=${version.version}`)}>{page.format.number(version.version)}</a>{' '}
                {version.isPublished ? <State health="well" text={signatures.states.published} /> : null}
              </th>
              <td data-name={signatures.saved}>
                <Moment page={page} at={version.savedAt} /> {signatures.by(version.savedBy)}
              </td>
              <td data-name={signatures.note}>{version.note}</td>
              <td>
                {mayEdit && !version.isPublished ? (
                  <Form page={page} action={`${href}/publication`} method="PUT">
                    <input type="hidden" name="version" value={String(version.version)} />
                    <button type="submit" class="btn btn-sm">
                      {version.version === versions[0]?.version ? signatures.publish : signatures.rollBack}
                    </button>
                  </Form>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
