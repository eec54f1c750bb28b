// SPDX-License-Identifier: Apache-2.0
/** Runs a sealer for as long as it is to run: through outages, and beside another one, of which one seals and the other follows. */
@NullMarked
package io.votelog.auditor.sealing;

import org.jspecify.annotations.NullMarked;
