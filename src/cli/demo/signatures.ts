/** Five signatures of a company, and the rules that give them; written as in a bundle. */
const font = "font-family:'Segoe UI',Arial,sans-serif";
const quiet = 'color:#5c6b7a;font-size:12px;line-height:18px';

function card(colour: string, labels: { readonly phone: string; readonly mobile: string }) {
  return `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="${font};margin-top:16px">
<tr>
{{#if person.photo}}<td style="padding-right:14px;vertical-align:top"><img src="{{person.photo}}" width="72" height="72" alt="" style="border-radius:8px;display:block"></td>{{/if}}
<td style="border-left:3px solid ${colour};padding-left:14px;vertical-align:top">
<p style="margin:0;font-size:16px;font-weight:600;color:${colour}">{{person.displayName}}</p>
<p style="margin:0 0 6px;font-size:13px;color:#33414e">{{person.jobTitle}} · {{person.department}}</p>
<p style="margin:0;${quiet}">${labels.phone} <a href="tel:{{person.businessPhone | tel}}" style="color:#33414e;text-decoration:none">{{person.businessPhone | phone:international}}</a></p>
<p style="margin:0;${quiet}">${labels.mobile} <a href="tel:{{person.mobilePhone | tel}}" style="color:#33414e;text-decoration:none">{{person.mobilePhone | phone:international}}</a></p>
<p style="margin:0;${quiet}"><a href="mailto:{{person.email}}" style="color:${colour};text-decoration:none">{{person.email}}</a> · <a href="https://{{tenant.web}}" style="color:${colour};text-decoration:none">{{tenant.web}}</a></p>
<p style="margin:6px 0 0;${quiet}">{{person.companyName}} · {{person.streetAddress}} · {{person.postalCode}} {{person.city}}</p>
</td>
</tr>
</table>`;
}

const shortReply = {
  html: `<p style="${font};margin:12px 0 0;font-size:13px;color:#33414e"><b>{{person.displayName}}</b> · {{person.jobTitle}} · {{person.businessPhone | phone:international}}</p>`,
};

export const demoSignatures = [
  {
    name: 'Corporate',
    sections: [{ new: { html: card('#0b6e99', { phone: 'Phone', mobile: 'Mobile' }) }, reply: shortReply }],
  },
  {
    name: 'Sales',
    sections: [
      { new: { html: card('#b4430f', { phone: 'Phone', mobile: 'Mobile' }) }, reply: shortReply },
      {
        zone: 'bottom',
        new: {
          html: `<p style="${font};margin:14px 0 0;padding:10px 14px;background:#fdf0e8;color:#8a3209;font-size:13px"><b>See the new Contoso line.</b> <a href="https://{{tenant.web}}/launch" style="color:#8a3209">Book a demonstration</a></p>`,
        },
        reply: 'none',
      },
    ],
  },
  {
    name: 'Deutschland',
    sections: [
      {
        new: { html: card('#2f6b3c', { phone: 'Telefon', mobile: 'Mobil' }) },
        reply: shortReply,
      },
    ],
  },
  {
    name: 'Internal',
    html: `<p style="${font};margin:12px 0 0;font-size:13px;color:#33414e">{{person.displayName}} · {{person.department}} · {{person.officeLocation}}</p>`,
  },
  {
    name: 'Legal notice',
    sections: [
      {
        zone: 'bottom',
        new: {
          html: `<p style="${font};margin:16px 0 0;padding-top:8px;border-top:1px solid #d7dde3;font-size:11px;line-height:16px;color:#7a8794">{{tenant.legalName}} · This message is meant for its addressees alone. If it reached you by mistake, please tell the sender and delete it.</p>`,
        },
        reply: 'none',
      },
    ],
  },
];

export const demoRules = [
  { name: 'Among colleagues', recipients: 'internal', signatures: ['Internal'] },
  // biome-ignore lint/suspicious/noThenProperty: the bundle's own word for what happens behind a match
  { name: 'Legal notice', recipients: 'external', signatures: ['Legal notice'], then: 'continue' },
  { name: 'Sales', senders: [{ group: 'Sales' }], signatures: ['Sales'] },
  {
    name: 'Germany',
    senders: [{ attribute: 'city', value: 'München' }],
    signatures: ['Deutschland'],
  },
  { name: 'Everyone else', signatures: ['Corporate'] },
];
