/**
 * Passphrases of 12 characters and more that every list of leaked ones begins with, lower case. Shorter ones are refused
 * for their length, repetitions and runs by rule, so that a short list does what a long one would.
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `password1234 password12345 password123456 passwordpassword password123! password1234! passw0rd1234 p@ssw0rd1234
1q2w3e4r5t6y 1qaz2wsx3edc 1qaz2wsx3edc4rfv qwertyuiop123 qwertyuiop12 qwertyuiop[] qwertzuiop123 qwerty123456 qwerty12345678
qwertyuiopas qwertyuiopasdfghjkl asdfghjkl123 asdfghjklqwerty zxcvbnm123456 administrator administrator1 adminadmin12
admin1234567 admin12345678 letmeinletmein letmein12345 welcome12345 welcome123456 welcome2024! welcome2025! welcome2026!
changeme1234 changemenow123 iloveyou1234 iloveyouforever trustno1trustno1 correcthorsebatterystaple
sommer2024!! sommer2025!! sommer2026!! winter2025!! winter2026!! summer2025!! summer2026!! passwort1234 passwort12345 passwort123456
hallo12345678 hallohallo12 schatzschatz 123456789abc abc123456789 a1b2c3d4e5f6 123456789qwe qwe123456789 1234qwerasdf 1234567890qw
football1234 baseball1234 superman1234 princess1234 sunshine1234 dragon123456 monkey123456 master123456 microsoft123 office365office`
    .split(/\s+/)
    .concat('correct horse battery staple'),
);
