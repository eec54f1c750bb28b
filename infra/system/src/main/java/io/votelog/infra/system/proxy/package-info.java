// SPDX-License-Identifier: Apache-2.0
/** The proxy of infra/compose as a process of this machine, before instances of this machine. */
@NullMarked
package io.votelog.infra.system.proxy;

import org.jspecify.annotations.NullMarked;
