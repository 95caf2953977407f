/**
 * The two resources that tokens are for, the names under which they are asked for and the permissions they know (reference 2.2).
 * Ids that the reference does not confirm may be the sandbox's own: clients look them up. In the sandbox a resource also answers to its own origin, since "the token scope must match the host" (1.8).
 */
import type { ResourceName } from './applications.ts';

export type Resource = {
  readonly name: ResourceName;
  readonly appId: string;
  /** The audience of its tokens, and other names for it. */
  readonly uri: string;
  readonly aliases: readonly string[];
  readonly delegated: readonly Permission[];
  readonly application: readonly Permission[];
};

export type Permission = {
  readonly value: string;
  readonly id: string;
  /** Only an administrator may consent. */
  readonly needsAdmin: boolean;
};

const adminOnly = (value: string, id: string): Permission => ({ value, id, needsAdmin: true });

export const resources: readonly Resource[] = [
  {
    name: 'exchange',
    appId: '00000002-0000-0ff1-ce00-000000000000',
    uri: 'https://outlook.office365.com',
    aliases: [
      'https://outlook.office.com',
      'https://ps.outlook.com',
      'https://outlook.office365.us',
      'https://outlook-dod.office365.us',
      'https://outlook.office365.cn',
    ],
    delegated: [
      adminOnly('Exchange.Manage', 'ab4f2b77-0b06-4fc1-a9de-02113fc2ab7c'),
      adminOnly('Exchange.ManageV2', 'b0f1ee3c-3a44-4a2c-9a60-5a1e0a3f6f21'),
      adminOnly('AdminApi.AccessAsUser.All', '1c4b3f42-6f0d-4b83-9a0b-5d6a06b8a9c1'),
    ],
    application: [
      adminOnly('Exchange.ManageAsApp', 'dc50a0fb-09a3-484d-be87-e023b12c6440'),
      adminOnly('Exchange.ManageAsAppV2', '5f2c5e8e-8a0e-4d0e-9f5c-1f4a2a0d7b11'),
    ],
  },
  {
    name: 'graph',
    appId: '00000003-0000-0000-c000-000000000000',
    uri: 'https://graph.microsoft.com',
    aliases: [
      'https://graph.microsoft.us',
      'https://dod-graph.microsoft.us',
      'https://microsoftgraph.chinacloudapi.cn',
    ],
    delegated: [
      { value: 'User.Read', id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', needsAdmin: false },
      { value: 'User.ReadBasic.All', id: 'b340eb25-3456-403f-be2f-af7a0d370277', needsAdmin: false },
      adminOnly('User.Read.All', 'a154be20-db9c-4678-8ab7-66f6cc099a59'),
      adminOnly('GroupMember.Read.All', 'bc024368-1153-4739-b217-4326f2e966d0'),
      adminOnly('Group.Read.All', '5f8c59db-677d-491f-a6b8-5f174b11ec1d'),
    ],
    application: [
      adminOnly('User.Read.All', 'df021288-bdef-4463-88db-98f22de89214'),
      adminOnly('User.ReadBasic.All', '97235f07-e226-4f63-ace3-39588e11d3a1'),
      adminOnly('GroupMember.Read.All', '98830695-27a2-44f7-8c18-0c3ebc9698f6'),
      adminOnly('Group.Read.All', '5b567255-7703-4780-807c-7be8301ae99b'),
      adminOnly('Member.Read.Hidden', '658aa5d8-239f-45c4-aa12-864f4fc7e490'),
      adminOnly('ProfilePhoto.Read.All', '8ba1e0c9-5b4a-4b2c-8a0d-2f6c1c1f7e34'),
      adminOnly('Organization.Read.All', '498476ce-e0fe-48b0-b801-37ba7e2685c6'),
    ],
  },
];

const openId = new Set(['openid', 'profile', 'offline_access', 'email']);

export type AskedScope = { readonly resource: string; readonly permission: string };

/** `https://outlook.office365.com/Exchange.Manage` -> its two halves; short names are Graph's; OpenID's own are left out. */
export function readScopes(scope: string): readonly AskedScope[] {
  const asked = scope.split(/\s+/).filter(one => one !== '' && !openId.has(one.toLowerCase()));
  return asked.map(one => {
    const slash = one.lastIndexOf('/');
    if (slash < 0) return { resource: 'https://graph.microsoft.com', permission: one };
    return { resource: one.slice(0, slash).replace(/\/$/, ''), permission: one.slice(slash + 1) };
  });
}

/** @param origins the sandbox's own addresses of the resources */
export function findResource(
  name: string,
  origins: Readonly<Record<ResourceName, string>>,
): Resource | undefined {
  const wanted = name.toLowerCase().replace(/\/$/, '');
  return resources.find(
    resource =>
      [resource.uri, ...resource.aliases, resource.appId].includes(wanted) ||
      origins[resource.name] === wanted,
  );
}
