/**
 * The tables as Kysely sees them; `migrations/` makes them. Times are milliseconds since 1970-01-01 UTC, days
 * `YYYY-MM-DD`, yes and no are 1 and 0, and `data`, `content`, `body`, `detail`, `result`, `value` hold JSON.
 */
export type Tables = {
  migrations: { number: number; name: string; at: number };
  tenants: {
    id: string;
    name: string;
    kind: string;
    mode: string;
    /** JSON of what `TenantConnection` in tenants.ts says, without its secrets. */
    connection: string;
    preferences: string;
    managed_by: string | null;
    /** Goes up with every change that the relay's snapshot shows. */
    revision: number;
    created_at: number;
    /** JSON of `{{tenant.NAME}}`. */
    fields: string | null;
    /** JSON of where its people come from, without the password. */
    directory: string | null;
    /** Since when the file that keeps this tenant no longer holds it: it takes no mail, and nothing of it is lost. */
    retired_at: number | null;
  };
  domains: { tenant_id: string; domain: string };
  people: {
    tenant_id: string;
    id: string;
    source: string;
    address: string;
    /** For the order of lists: display name or address, lower case. */
    sort_name: string;
    /** What a search looks in, lower case. */
    search: string;
    data: string;
    hash: string;
    /** The tenant's revision at which this person changed last. */
    revision: number;
  };
  groups: {
    tenant_id: string;
    id: string;
    source: string;
    name: string;
    address: string | null;
    members: number;
    hash: string;
    revision: number;
  };
  staged_people: Omit<Tables['people'], 'tenant_id' | 'source' | 'revision'> & { import_id: string };
  staged_groups: Omit<Tables['groups'], 'tenant_id' | 'source' | 'revision'> & { import_id: string };
  /** Ids that an import takes away: `kind` is `people` or `groups`. */
  staged_removals: { import_id: string; kind: string; id: string };
  /** People and groups that are gone, for readers that follow the revision. */
  removals: { tenant_id: string; kind: string; id: string; revision: number };
  overrides: {
    tenant_id: string;
    person_id: string;
    attribute: string;
    value: string;
    until: number | null;
    changed_by: string;
    changed_at: number;
  };
  photos: { tenant_id: string; hash: string; bytes: Uint8Array };
  images: { tenant_id: string; hash: string; type: string; bytes: Uint8Array };
  /** Signatures, and blocks: sections that several signatures share. `kind` is `signature` or `block`. */
  signatures: {
    tenant_id: string;
    kind: string;
    id: string;
    name: string;
    newest_version: number;
    published_version: number | null;
  };
  signature_versions: {
    tenant_id: string;
    kind: string;
    signature_id: string;
    version: number;
    name: string;
    content: string;
    saved_at: number;
    saved_by: string;
    note: string;
  };
  rules: {
    tenant_id: string;
    id: string;
    position: number;
    name: string;
    enabled: number;
    body: string;
    version: number;
    changed_at: number;
    changed_by: string;
  };
  licences: {
    tenant_id: string;
    id: string;
    seats: number;
    from_day: string | null;
    until_day: string | null;
    note: string;
    file: string | null;
    added_at: number;
  };
  seats: { tenant_id: string; month: string; person_id: string; first_at: number };
  messages: {
    id: string;
    tenant_id: string;
    at: number;
    sender: string;
    person_id: string | null;
    reason: string;
    outcome: string;
    size_bytes: number;
    detail: string;
  };
  message_recipients: { tenant_id: string; recipient: string; at: number; message_id: string };
  microsoft: {
    tenant_id: string;
    /** Marks the tenant's connectors and rules as ours. */
    installation_id: string;
    /** JSON of `MicrosoftState` in microsoft.ts. */
    state: string;
    changed_at: number;
  };
  /** Until when Exchange's own test of a connector is taken, and for whom (JSON). */
  validations: { tenant_id: string; id: string; until: number; recipients: string; taken: number };
  /** What was done at Microsoft; `events` is JSON. One with `finished_at` null for each tenant at most. */
  mail_flow_runs: {
    id: string;
    tenant_id: string;
    action: string;
    actor: string;
    started_at: number;
    /** When its process was last seen at it. */
    seen_at: number;
    finished_at: number | null;
    events: string;
  };
  /** What is kept of a directory between two syncs; `state` is the reader's own. */
  directory_memories: { tenant_id: string; state: string; pages: number };
  directory_pages: { tenant_id: string; number: number; kind: string; content: Uint8Array };
  settings: { name: string; value: string; changed_at: number };
  secrets: { owner: string; row_id: string; name: string; sealed: Uint8Array; changed_at: number };
  jobs: {
    name: string;
    /** '' for a job of the whole appliance. */
    tenant_id: string;
    started_at: number | null;
    finished_at: number | null;
    next_at: number | null;
    outcome: string | null;
    result: string | null;
  };
  accounts: {
    id: string;
    name: string;
    /** Lower case: two names that differ in case only are one. */
    name_key: string;
    /** As src/web/accounts/password.ts writes it. */
    password_hash: string;
    password_changed_at: number;
    language: string | null;
    theme: string | null;
    created_at: number;
    /** Since then nobody signs in with it. */
    disabled_at: number | null;
    time_zone: string | null;
  };
  invitations: {
    token_hash: string;
    id: string;
    /** Null for an account to come. */
    account_id: string | null;
    name: string;
    /** JSON. */
    grants: string;
    invited_by: string;
    created_at: number;
    expires_at: number;
  };
  /** `tenant_id` is '' for every tenant, those to come included. */
  account_roles: { account_id: string; tenant_id: string; role: string };
  factors: {
    id: string;
    account_id: string;
    kind: string;
    name: string;
    credential_id: string | null;
    public_key: Uint8Array | null;
    /** Of a passkey its signature counter, of an authenticator app the last 30-second step that was taken. */
    counter: number;
    /** JSON. */
    transports: string;
    created_at: number;
    used_at: number | null;
  };
  recovery_codes: { account_id: string; hash: string };
  sessions: {
    token_hash: string;
    id: string;
    account_id: string;
    stage: string;
    created_at: number;
    seen_at: number;
    proved_at: number | null;
    address: string;
    agent: string;
  };
  audit: {
    number: number;
    at: number;
    actor_id: string | null;
    actor: string;
    tenant_id: string | null;
    action: string;
    subject: string;
    /** JSON. */
    detail: string;
    address: string;
    hash: string;
  };
};
