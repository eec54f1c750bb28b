// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import java.lang.reflect.Field;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ModifierSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/** Injects the test run's broker into test classes; see {@link WithKafka}. */
public final class KafkaExtension implements BeforeAllCallback, TestInstancePostProcessor, ParameterResolver {
    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        KafkaBroker broker = SharedBroker.ofThisJvm();
        boolean nested = !context.getEnclosingTestClasses().isEmpty();
        boolean fresh = AnnotationSupport.findAnnotation(context.getRequiredTestClass(), WithKafka.class)
                .map(WithKafka::freshTopics)
                .orElse(false);
        if (fresh && !nested) {
            broker.deleteTopics();
        }
        inject(context.getRequiredTestClass(), null, broker, ModifierSupport::isStatic);
    }

    @Override
    public void postProcessTestInstance(Object instance, ExtensionContext context) throws Exception {
        inject(instance.getClass(), instance, SharedBroker.ofThisJvm(), ModifierSupport::isNotStatic);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == KafkaBroker.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return SharedBroker.ofThisJvm();
    }

    private static void inject(Class<?> type, @Nullable Object instance, KafkaBroker broker, Predicate<Field> which)
            throws IllegalAccessException {
        Predicate<Field> open = field -> field.getType() == KafkaBroker.class && ModifierSupport.isNotFinal(field);
        for (Field field : ReflectionSupport.findFields(type, open.and(which), HierarchyTraversalMode.TOP_DOWN)) {
            field.setAccessible(true);
            field.set(instance, broker);
        }
    }
}
