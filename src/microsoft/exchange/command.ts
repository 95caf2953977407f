/** One cmdlet with its parameters, as the admin API and PowerShell both take it (exchange-online.md 1.4). */
export type ParameterValue =
  | string
  | number
  | boolean
  | null
  | readonly string[]
  /** What Exchange adds to a list and takes from it, leaving the rest alone. */
  | { readonly add?: readonly string[]; readonly remove?: readonly string[] }
  /** Filled in where the command runs, so that no plan, event or page holds the secret itself. */
  | { readonly secret: 'route' };

export type Parameters = Readonly<Record<string, ParameterValue>>;

export type Command = { readonly cmdlet: string; readonly parameters: Parameters };

/** One object as Exchange prints it, annotations removed. */
export type Row = Readonly<Record<string, unknown>>;
