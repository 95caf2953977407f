# Reads messages from standard input, each behind its length (4 bytes, big-endian), with MIME::Parser.
# Prints for each one line of JSON: the tree of media types and every leaf with the hash of its decoded bytes.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use JSON::PP;
use MIME::Parser;

binmode STDIN;
my $json = JSON::PP->new->latin1->canonical;

sub tree {
    my ($entity) = @_;
    return $entity->effective_type unless $entity->parts;
    return $entity->effective_type . '(' . join(',', map { tree($_) } $entity->parts) . ')';
}

sub leaves {
    my ($entity) = @_;
    return map { leaves($_) } $entity->parts if $entity->parts;
    my $body = $entity->bodyhandle ? $entity->bodyhandle->as_string : '';
    my $name = $entity->head->recommended_filename;
    return { type => $entity->effective_type, sha256 => sha256_hex($body), fileName => defined $name ? $name : '' };
}

sub parser {
    my $parser = MIME::Parser->new;
    $parser->output_to_core(1);
    $parser->tmp_to_core(1);
    $parser->extract_nested_messages(0);
    $parser->extract_uuencode(0);
    $parser->decode_bodies(1);
    return $parser;
}

while (read(STDIN, my $size, 4)) {
    read(STDIN, my $content, unpack('N', $size));
    my $entity = eval { parser()->parse_data($content) };
    my $reading = $entity ? { tree => tree($entity), leaves => [ leaves($entity) ] } : { tree => 'unreadable', leaves => [] };
    print $json->encode($reading), "\n";
}
