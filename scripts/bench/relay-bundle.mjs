/** The configuration with which Signet is measured: what a customer with two variants of signature has. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Stands in every signed message, and in no other. */
export const marker = 'Signet-Bench-4711';
/** One outside, so that a message has one variant; the second one is inside. */
export const recipients = { external: 'ann@example.net', internal: 'carl@example.com' };

const external = `<table cellpadding="0" cellspacing="0" border="0" style="font-family:Arial,sans-serif;font-size:10pt;color:#222222">
<tr><td style="padding:8px 0 0 0"><b>{{person.displayName}}</b><br>{{person.jobTitle}}, {{person.department}}</td></tr>
<tr><td style="padding:4px 0 0 0">{{person.companyName}} &middot; {{person.streetAddress}} &middot; {{person.postalCode}} {{person.city}}<br>
<a href="mailto:{{person.email}}" style="color:#0563c1">{{person.email}}</a> &middot; {{#line}}T {{person.businessPhone | phone}}{{/line}} &middot; {{#line}}M {{person.mobilePhone | phone}}{{/line}}</td></tr>
</table>`;
const text = `{{person.displayName}}
{{person.jobTitle}}, {{person.department}}
{{person.companyName}}, {{person.streetAddress}}, {{person.postalCode}} {{person.city}}
{{#line}}T {{person.businessPhone | phone}}{{/line}}`;
const internal =
  '<p style="font-family:Arial,sans-serif;font-size:10pt"><b>{{person.displayName}}</b>, {{person.department}}, {{#line}}T {{person.businessPhone | phone}}{{/line}}</p>';
const legal = `<p style="font-family:Arial,sans-serif;font-size:8pt;color:#777777">Example Ltd, registered in England and Wales no. 01234567, ${marker}</p>`;

/** Writes the bundle and what it names into the folder; answers the bundle's file. */
export function writeBundle(folder, { nextPort, certificate, isTls }) {
  const files = {
    'external.html': external,
    'external.txt': text,
    'internal.html': internal,
    'legal.html': legal,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const bundle = join(folder, 'bundle.yaml');
  const hop = isTls ? `tls: required, caFile: ${certificate}` : "tls: 'off'";
  writeFileSync(
    bundle,
    `version: 1
tenants:
  - name: bench
    domains: [example.com]
    peers: [127.0.0.0/8]
    nextHop: {host: localhost, port: ${nextPort}, ${hop}}
    people:
${people()}
    signatures:
      - name: External
        sections:
          - {zone: signature, new: {htmlFile: external.html, textFile: external.txt}, reply: same}
          - {zone: bottom, new: {htmlFile: legal.html}, reply: same}
      - {name: Internal, htmlFile: internal.html}
    rules:
      - {name: To customers, recipients: external, signatures: [External]}
      - {name: To colleagues, recipients: internal, signatures: [Internal]}
`,
  );
  return bundle;
}

function people() {
  return Array.from({ length: 500 }, (_, index) => {
    const name = index === 0 ? 'bob' : `person${index}`;
    return `      - {address: ${name}@example.com, displayName: Bob Sample ${index}, jobTitle: Sales manager, department: Sales, companyName: Example Ltd, streetAddress: 1 High Street, postalCode: "12345", city: Köln, businessPhone: "+49 221 471100", mobilePhone: "+49 171 4711000", email: ${name}@example.com}`;
  }).join('\n');
}
