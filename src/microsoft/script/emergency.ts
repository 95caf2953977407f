/**
 * PURE. The page to print and keep for the day on which Signet is gone (PRODUCT.md 7): how anyone with the right role takes it
 * out of the mail flow without it. It holds no secret, so it may hang on a wall.
 */
import type { Cloud } from '../cloud.ts';
import { objectNames } from '../connectors/names.ts';
import type { ConnectorSettings } from '../connectors/settings.ts';
import { connectLine, removalScript, stateCommand } from './manual.ts';
import { powershellCommand } from './powershell.ts';

export type EmergencySection = {
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** PowerShell, to be typed or copied. */
  readonly commands: readonly string[];
};

export type EmergencyPage = { readonly title: string; readonly sections: readonly EmergencySection[] };

export function emergencyPage(
  settings: Pick<ConnectorSettings, 'installationId' | 'relayHost'>,
  { cloud, tenantName }: { readonly cloud: Cloud; readonly tenantName: string },
): EmergencyPage {
  return {
    title: `Taking Signet out of the mail flow of ${tenantName}`,
    sections: [
      {
        title: 'What happens while Signet is down',
        paragraphs: [
          `Mail that the rule "${objectNames.route}" sends to ${settings.relayHost} waits at Exchange Online for up to 24 hours and is then returned to its sender. Nothing is lost before that.`,
        ],
        commands: [],
      },
      {
        title: 'Stop sending mail to Signet',
        paragraphs: [
          `Sign in to the Exchange admin centre as Exchange Administrator, open Mail flow > Rules, choose "${objectNames.route}" and switch it off. Or, in PowerShell with the ExchangeOnlineManagement module:`,
          'It takes up to 60 minutes. New mail then goes out unsigned; mail that waits for Signet already still needs it, or ends after 24 hours.',
        ],
        commands: [connectLine(cloud), powershellCommand(stateCommand(false), '')],
      },
      {
        title: 'Start again',
        paragraphs: ['When Signet answers again, switch the rule on in the same place, or:'],
        commands: [powershellCommand(stateCommand(true), '')],
      },
      {
        title: 'Remove Signet for good',
        paragraphs: [
          `Everything that it made bears "installation ${settings.installationId}" in its comment. Rules go first, then connectors:`,
        ],
        commands: removalScript(settings, cloud)
          .split('\n')
          .filter(line => line !== '' && !line.startsWith('#')),
      },
    ],
  };
}
