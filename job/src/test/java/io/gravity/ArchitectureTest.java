package io.gravity;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.gravity.error.GravityException;
import io.gravity.source.MySqlChangeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What holds for all packages: arrows of the line never point backwards, drivers stay at its ends. */
@AnalyzeClasses(packages = "io.gravity", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final List<String> STAGES =
            List.of("source", "transform", "order", "quality", "repair", "resolve", "route", "dispatch");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.gravity.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theVocabularyIsPlainJava = classes()
            .that()
            .resideInAPackage("io.gravity.event..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "io.gravity.event..");

    @ArchTest
    static void stagesMeetInTheVocabularyAlone(com.tngtech.archunit.core.domain.JavaClasses classes) {
        for (var stage : STAGES) {
            var others = new ArrayList<String>();
            others.add("io.gravity");
            STAGES.stream()
                    .filter(other -> !other.equals(stage))
                    .forEach(other -> others.add("io.gravity." + other + ".."));
            noClasses()
                    .that()
                    .resideInAPackage("io.gravity." + stage + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others.toArray(new String[0]))
                    .check(classes);
        }
    }

    @ArchTest
    static final ArchRule sharedPackagesKnowNoStage = noClasses()
            .that()
            .resideInAnyPackage("io.gravity.event..", "io.gravity.types..", "io.gravity.config..", "io.gravity.error..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    STAGES.stream().map(stage -> "io.gravity." + stage + "..").toArray(String[]::new));

    @ArchTest
    static final ArchRule driversAreForTheEndsOfTheLine = noClasses()
            .that()
            .resideOutsideOfPackages("io.gravity.source..", "io.gravity.dispatch..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "com.mysql..",
                    "com.zaxxer..",
                    "com.clickhouse..",
                    "org.apache.kafka..",
                    "io.debezium..",
                    "java.sql..",
                    "javax.sql..",
                    "org.apache.flink.cdc..");

    @ArchTest
    static final ArchRule theSystemClockIsInjected = noClasses()
            .that()
            .doNotBelongToAnyOf(MySqlChangeSource.class)
            .should()
            .callMethodWhere(target(describe("reads the system clock", ArchitectureTest::readsTheClock)));

    @ArchTest
    static final ArchRule nobodySleeps = noClasses()
            .should()
            .callMethodWhere(target(describe(
                    "sleeps",
                    called -> called.getName().equals("sleep")
                            && (called.getOwner().isEquivalentTo(Thread.class)
                                    || called.getOwner().isEquivalentTo(java.util.concurrent.TimeUnit.class)))));

    @ArchTest
    static final ArchRule onlyTheCommandPrints = noClasses()
            .that()
            .doNotBelongToAnyOf(SyncJob.class)
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    @ArchTest
    static final ArchRule logsGoThroughSlf4j = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.util.logging..", "org.apache.logging..");

    @ArchTest
    static final ArchRule nothingExtendsAClassOfOurs = classes()
            .that()
            .areNotAssignableTo(GravityException.class)
            .should(new ArchCondition<>("extend no class of Gravity") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                    item.getRawSuperclass()
                            .filter(base -> base.getPackageName().startsWith("io.gravity"))
                            .filter(base -> !base.isEnum())
                            .ifPresent(base -> events.add(SimpleConditionEvent.violated(
                                    item, item.getFullName() + " extends " + base.getFullName())));
                }
            });

    /** The monotonic clock is no clock: it measures spans. */
    private static boolean readsTheClock(AccessTarget called) {
        var owner = called.getOwner().getFullName();
        var name = called.getName();
        return (owner.equals("java.lang.System") && name.equals("currentTimeMillis"))
                || (owner.startsWith("java.time.")
                        && (name.equals("now")
                                || Set.of("system", "systemUTC", "systemDefaultZone")
                                        .contains(name)));
    }
}
