// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a test that starts whole systems, or several instances of an app, as processes of their own, or that takes as long as those do. Such a
 * test takes a minute or more, so {@code ./mvnw verify} leaves it out and says so; {@code ./mvnw verify -Pall} runs it, and so does a run that names it ({@code
 * -Dit.test}) and a run outside of Maven.
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(WholeSystemCondition.class)
public @interface WholeSystem {}
