// SPDX-License-Identifier: Apache-2.0
/** The commands that run for long: one that seals a log as it grows, and those that follow a sealed log, round after round. */
@NullMarked
package io.votelog.auditor.commands.follow;

import org.jspecify.annotations.NullMarked;
