/** Entra roles with their template ids, as the `wids` claim carries them. */
export const roleTemplates: Readonly<Record<string, string>> = {
  'Global Administrator': '62e90394-69f5-4237-9190-012177145e10',
  'Exchange Administrator': '29232cdf-9323-42fd-ade2-1d097af3e4de',
  'Exchange Recipient Administrator': '31392ffb-586c-42d1-9346-e59415a2cc4e',
  'Global Reader': 'f2ef992c-3afb-46b9-b7cf-a126ee74c451',
  'Security Reader': '5d6b6bb7-de71-4623-b4af-96380a352509',
  'Cloud Application Administrator': '158c047a-c907-4556-b7ef-446551a6b5f7',
  'Privileged Role Administrator': 'e8611ab8-c189-46e8-94e1-60213ab1f814',
};

/** Those whose consent counts for the whole organisation. */
export const consentingRoles = [
  'Global Administrator',
  'Privileged Role Administrator',
  'Cloud Application Administrator',
];

export function templatesOf(roles: readonly string[]): readonly string[] {
  return roles.flatMap(role => roleTemplates[role] ?? []);
}
