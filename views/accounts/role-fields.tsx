/** Which role, and where. */
import type { Page } from '../page.ts';
import { Select } from '../parts/form.tsx';

export type TenantChoice = { readonly id: string; readonly name: string };

export type RoleFieldsProps = {
  readonly page: Page;
  readonly tenants: readonly TenantChoice[];
  readonly chosen: string;
  readonly tenant: string;
};

const roles = ['owner', 'admin', 'editor', 'auditor'] as const;

export function RoleFields({ page, tenants, chosen, tenant }: RoleFieldsProps) {
  const words = page.texts.accounts;
  return (
    <>
      <Select
        name="role"
        label={words.role}
        value={chosen}
        options={roles.map(value => ({ value, label: words.roleChoices[value] }))}
      />
      <Select
        name="tenant"
        label={words.where}
        value={tenant}
        options={[
          { value: '', label: words.everyTenant },
          ...tenants.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        hint={words.whereHint}
      />
    </>
  );
}
