/** Invites somebody: a name, a role, where. */
import type { Page } from '../page.ts';
import { Field, Form } from '../parts/form.tsx';
import { RoleFields, type TenantChoice } from './role-fields.tsx';

export type InviteFormProps = {
  readonly page: Page;
  readonly tenants: readonly TenantChoice[];
  readonly sent: { readonly name: string; readonly role: string; readonly tenant: string };
  readonly errors: { readonly name?: string; readonly role?: string };
};

export function InviteForm({ page, tenants, sent, errors }: InviteFormProps) {
  const words = page.texts.accounts;
  return (
    <section class="card">
      <div class="card-header">
        <h2>{words.invite}</h2>
      </div>
      <Form page={page} action="/settings/accounts/invitations" class="card-body">
        <p class="text-secondary">{words.inviteIntro}</p>
        <Field
          name="name"
          label={words.name}
          hint={words.nameHint}
          value={sent.name}
          error={errors.name}
          input={{ required: true, maxlength: 100, autocapitalize: 'none' }}
        />
        <RoleFields page={page} tenants={tenants} chosen={sent.role || 'editor'} tenant={sent.tenant} />
        {errors.role ? <p class="invalid-feedback">{errors.role}</p> : null}
        <button type="submit" class="btn btn-primary">
          {words.makeLink}
        </button>
      </Form>
    </section>
  );
}
