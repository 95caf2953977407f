/** Who is told of alerts and which way: a setting of the appliance. Password and address of the webhook are secrets of the vault. */

export type AlertSettings = {
  /** Addresses that hear of everything. */
  readonly to: readonly string[];
  /** Without it `signet@` this server's name. */
  readonly from?: string;
  /** The way for notices; without it a tenant's next hop is used, which may be the very one in trouble. */
  readonly hop?: {
    readonly host: string;
    readonly port: number;
    readonly tls: 'required' | 'opportunistic' | 'off';
    readonly user?: string;
  };
};

export const alertsSetting = 'alerts';
export const activeAlertsSetting = 'alerts-active';

export const nobody: AlertSettings = { to: [] };

/** What `saveSetting` kept, or nobody where that is something else. */
export function readAlertSettings(kept: unknown): AlertSettings {
  if (typeof kept !== 'object' || kept === null || !Array.isArray((kept as { to?: unknown }).to))
    return nobody;
  return kept as AlertSettings;
}
