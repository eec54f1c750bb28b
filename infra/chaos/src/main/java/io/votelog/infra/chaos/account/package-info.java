/**
 * What became of every vote: the log decided and counted again with code of its own, held to what senders, receipts and readers were told, to
 * what was published, and to what the auditor says.
 */
@NullMarked
package io.votelog.infra.chaos.account;

import org.jspecify.annotations.NullMarked;
