-- SPDX-License-Identifier: Apache-2.0
-- What PostgresSink writes, and how far it has read. Made at its start where it is not there; it changes nothing that is there.
CREATE SCHEMA IF NOT EXISTS votelog;

-- The next offset to be read of each partition. Written in the transaction of what was read before it.
CREATE TABLE IF NOT EXISTS votelog.positions (
  topic       text   NOT NULL,
  partition   int    NOT NULL,
  next_offset bigint NOT NULL,
  PRIMARY KEY (topic, partition)
);

-- Definitions that were published, by digest: results name theirs, so that one which has no effect is joined with nothing.
CREATE TABLE IF NOT EXISTS votelog.ballots (
  digest     bytea PRIMARY KEY,
  ballot_id  text  NOT NULL,
  definition jsonb NOT NULL
);

-- One row for each vote event: the partition and the offset that its record has in votelog.votes.v1.
CREATE TABLE IF NOT EXISTS votelog.verdicts (
  partition   int         NOT NULL,
  vote_offset bigint      NOT NULL,
  ballot_id   text        NOT NULL,
  vote_id     uuid        NOT NULL,
  outcome     text        NOT NULL,
  reason      text,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (partition, vote_offset)
);

-- The newest result of each ballot. "votes" is in the order of the definition's options, and null while the ballot hides it.
CREATE TABLE IF NOT EXISTS votelog.results (
  ballot_id text        PRIMARY KEY,
  digest    bytea       NOT NULL,
  status    text        NOT NULL,
  version   bigint      NOT NULL,
  revision  bigint      NOT NULL,
  as_of     timestamptz NOT NULL,
  received  bigint      NOT NULL,
  accepted  bigint      NOT NULL,
  retried   bigint      NOT NULL,
  rejected  bigint      NOT NULL,
  annulled  bigint      NOT NULL,
  late      bigint      NOT NULL,
  votes     bigint[]
);

-- The same by option, as reports want it.
CREATE OR REPLACE VIEW votelog.option_results AS
SELECT result.ballot_id, part.section ->> 'id' AS section_id, choice.option ->> 'id' AS option_id, result.votes[choice.number] AS votes
FROM votelog.results AS result
JOIN votelog.ballots AS ballot USING (digest)
CROSS JOIN LATERAL (
  SELECT section.value AS section, option.value AS option,
         row_number() OVER (ORDER BY section.number, option.number) AS number
  FROM jsonb_array_elements(ballot.definition -> 'sections') WITH ORDINALITY AS section (value, number)
  CROSS JOIN LATERAL jsonb_array_elements(section.value -> 'options') WITH ORDINALITY AS option (value, number)
) AS choice
CROSS JOIN LATERAL (SELECT choice.section) AS part;
