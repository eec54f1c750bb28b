/** Takes the power from all brokers at once, again and again, and tells which acknowledged votes that cost and who says so. */
@NullMarked
package io.votelog.infra.chaos.power;

import org.jspecify.annotations.NullMarked;
